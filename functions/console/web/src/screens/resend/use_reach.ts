import { listRecipients, previewResend } from "../../api/calls";
import type { Resend } from "../../api/types";
import { type Resource, useResource } from "../../state/resource";
import { isCheckable, type Reach, reachOf } from "./reach";

const PAGE = 200;

async function recipientIds(resend: string, signal: AbortSignal): Promise<string[]> {
  const ids: string[] = [];
  let next: string | undefined;
  do {
    const page = await listRecipients(resend, { next, limit: PAGE }, signal);
    ids.push(...page.recipients.map(({ userId }) => userId));
    next = page.next;
  } while (next);
  return ids;
}

/** Asks whom a resend would reach at a start; `now`, or an instant; `undefined` while there is none. */
export function useReach(resend: Resend, startAt: string | undefined): Resource<Reach | undefined> {
  const isAsked = isCheckable(resend);
  const recipients = useResource<string[]>(`recipients ${resend.id} ${isAsked}`, async signal =>
    isAsked ? recipientIds(resend.id, signal) : [],
  );
  const ids = recipients.value.value;
  const reach = useResource(`reach ${resend.id} ${ids?.length} ${startAt}`, async signal => {
    if (!ids?.length || !startAt) return undefined;
    const preview = await previewResend(
      {
        selection: { userIds: ids },
        templateId: resend.templateId,
        passwordChange: resend.passwordChange,
        changeForLoggedIn: resend.changeForLoggedIn,
        ...(startAt === "now" ? {} : { startAt, timeZone: resend.timeZone }),
      },
      {},
      signal,
    );
    return reachOf(resend.counts.eligible, ids.length, preview);
  });
  return {
    value: reach.value,
    error: recipients.error.value ? recipients.error : reach.error,
    loading: recipients.loading.value ? recipients.loading : reach.loading,
    reload: () => (recipients.error.value ? recipients.reload() : reach.reload()),
  };
}
