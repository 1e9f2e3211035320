import { listExcluded, listRecipients } from "../../api/calls";
import type { Resend } from "../../api/types";
import { useResource } from "../../state/resource";
import { isSettled, unmailedCount } from "./figures";
import { countReasons, type Reasons } from "./outcome";

/** One page of each list is enough to say why: more users than that are not counted. */
const LIMIT = 200;

/** Why users got no mail, as far as a page of them says. It is asked again when there are more of them. */
export function useReasons(resend: Resend): Reasons {
  const { id, counts } = resend;
  const excluded = isSettled(resend) ? counts.excluded : 0;
  const key = `reasons ${id} ${counts.failed} ${counts.skipped} ${excluded}`;
  const found = useResource<Reasons>(key, async signal => {
    const [recipients, leftOut] = await Promise.all([
      unmailedCount(counts) > 0
        ? listRecipients(id, { state: "failed,skipped", limit: LIMIT }, signal)
        : undefined,
      excluded > 0 ? listExcluded(id, { limit: LIMIT }, signal) : undefined,
    ]);
    const inState = (state: string) =>
      recipients?.recipients.filter(recipient => recipient.state === state) ?? [];
    const all = {
      failed: countReasons(inState("failed"), counts.failed),
      skipped: countReasons(inState("skipped"), counts.skipped),
      excluded: countReasons(leftOut?.excluded ?? [], excluded),
    };
    return Object.fromEntries(Object.entries(all).filter(([, known]) => known));
  });
  return found.value.value ?? {};
}
