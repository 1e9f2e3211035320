import { useEffect, useMemo } from "preact/hooks";
import { readResend } from "../../api/calls";
import type { Resend } from "../../api/types";
import { poll } from "../../state/poll";
import { type Resource, useResource } from "../../state/resource";
import { addLook, isSettled, isStarting, type Look, mailedCount } from "./figures";

export interface WatchedResend {
  resource: Resource<Resend>;
  /** The last half minute, for the rate. */
  looks: () => Look[];
  /** Takes the answer of a command. */
  take: (resend: Resend) => void;
}

/** The start of a resend is waited for in such steps, in milliseconds. */
const STARTING_DELAYS = [500, 1000];

/** A resend that is asked for again until nothing changes any more. */
export function useResend(id: string): WatchedResend {
  const held = useMemo(
    () => ({ looks: [] as Look[], latest: undefined as Resend | undefined }),
    [],
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
  const moves = resend !== undefined && !isSettled(resend);
  // The delays begin again when the state or the start changes.
  const state = resend?.state;
  const starts = resend !== undefined && isStarting(resend, Date.now());
  useEffect(() => {
    if (!moves) return;
    return poll(
      async () => {
        await resource.reload();
        const now = resource.value.peek();
        return now === undefined || !isSettled(now);
      },
      starts ? STARTING_DELAYS : undefined,
    );
  }, [moves, state, starts]);

  return {
    resource,
    looks: () => held.looks,
    take: answer => {
      resource.value.value = newest(answer);
    },
  };
}
