import { useEffect, useMemo } from "preact/hooks";
import { readResend } from "../../api/calls";
import type { Recipient, Resend } from "../../api/types";
import { poll } from "../../state/poll";
import { type Resource, useResource } from "../../state/resource";
import { addLook, areBehind, type Look, mailedCount, type Pace, paceOf } from "./figures";

export interface WatchedResend {
  resource: Resource<Resend>;
  /** The last half minute, for the rate. */
  looks: () => Look[];
  /** Takes the answer of a command. */
  take: (resend: Resend) => void;
  /** Compares the figures with recipients that were read, and asks for them again soon if they are behind. */
  compare: (recipients: Recipient[]) => void;
}

/** How long to wait before each reading, in milliseconds, and how many readings there are at most. */
const PACES: Record<Pace, [delays: number[], rounds?: number]> = {
  starting: [[500, 1000]],
  moving: [[1000, 2000, 5000]],
  // Some ten minutes.
  awaitingNews: [[2000, 5000, 10_000, 30_000], 22],
};

/** A resend that is asked for again while something may change. */
export function useResend(id: string): WatchedResend {
  const held = useMemo(
    () => ({
      looks: [] as Look[],
      latest: undefined as Resend | undefined,
      stop: () => {},
    }),
    [id],
  );

  // An answer that was under way while a command was obeyed is older than the command's answer.
  const newest = (resend: Resend): Resend => {
    const { latest } = held;
    if (latest && latest.version > resend.version) return latest;
    held.latest = resend;
    held.looks = addLook(held.looks, { at: Date.now(), mailed: mailedCount(resend.counts) });
    return resend;
  };

  const resource = useResource(`resend ${id}`, async signal =>
    newest(await readResend(id, signal)),
  );
  const resend = resource.value.value;
  const pace = resend && paceOf(resend, Date.now());
  const follow = () => {
    held.stop();
    if (!pace) return;
    const [delays, rounds] = PACES[pace];
    held.stop = poll(
      async () => {
        await resource.reload();
        const now = resource.value.peek();
        return now === undefined || paceOf(now, Date.now()) !== undefined;
      },
      delays,
      rounds,
    );
  };
  // The delays begin again when the state or the start changes.
  useEffect(() => {
    follow();
    return () => held.stop();
  }, [pace, resend?.state]);

  return {
    resource,
    looks: () => held.looks,
    take: answer => {
      // The answer of a command is without the progress until now.
      const progress = resource.value.peek()?.progress;
      resource.value.value = newest(progress ? { progress, ...answer } : answer);
      void resource.reload();
    },
    compare: recipients => {
      const now = resource.value.peek();
      if (now && areBehind(now.counts, recipients)) follow();
    },
  };
}
