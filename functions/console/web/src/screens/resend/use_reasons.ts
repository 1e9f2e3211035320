import { listRecipients } from "../../api/calls";
import type { Resend } from "../../api/types";
import { useResource } from "../../state/resource";
import { unmailedCount } from "./figures";
import { countReasons, REASONED, type Reasons } from "./outcome";

/** One page is enough to say why: more recipients than that are not counted. */
const LIMIT = 200;

/** Why recipients got no mail, as far as one page of them says. It is asked again when there are more of them. */
export function useReasons(resend: Resend): Reasons | undefined {
  const total = unmailedCount(resend.counts);
  const found = useResource<Reasons | undefined>(`reasons ${resend.id} ${total}`, async signal => {
    if (total === 0) return undefined;
    const query = { state: REASONED.join(","), limit: LIMIT };
    const { recipients } = await listRecipients(resend.id, query, signal);
    return countReasons(recipients, total);
  });
  return found.value.value;
}
