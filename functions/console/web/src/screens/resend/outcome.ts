/** What became of the recipients, in words and with the reasons of those who got no mail. */

import type { Recipient, RecipientState } from "../../api/types";
import { formatList } from "../../i18n/format";
import { name, t, tn } from "../../i18n/messages";
import { type Counts, mailedCount, unmailedCount } from "./figures";

/** "14 mails sent, 2 bounced and 22 users got none". */
export function outcomeText(counts: Counts): string {
  const parts = [tn("resend.outcome.sent", mailedCount(counts))];
  if (counts.bounced > 0) parts.push(t("resend.outcome.bounced", { count: counts.bounced }));
  if (counts.unknown > 0) parts.push(t("resend.outcome.unknown", { count: counts.unknown }));
  const none = unmailedCount(counts);
  if (none > 0) parts.push(tn("resend.outcome.none", none));
  return formatList(parts);
}

/** The states in which a recipient got no mail for a reason. */
export const REASONED: RecipientState[] = ["failed", "skipped"];

export interface Reasons {
  /** The reasons of a state, the most frequent one first. */
  of: Partial<Record<RecipientState, [reason: string, count: number][]>>;
  /** Whether the recipients that were read are all there are. */
  isComplete: boolean;
}

/** Counts the reasons of some recipients. `total` is how many there are. */
export function countReasons(recipients: Recipient[], total: number): Reasons {
  const of: Reasons["of"] = {};
  for (const state of REASONED) {
    const counted = new Map<string, number>();
    for (const recipient of recipients) {
      if (recipient.state !== state || !recipient.reason) continue;
      counted.set(recipient.reason, (counted.get(recipient.reason) ?? 0) + 1);
    }
    if (counted.size > 0) of[state] = [...counted].sort(([, a], [, b]) => b - a);
  }
  return { of, isComplete: recipients.length >= total };
}

/** The reasons of a state in a line: with numbers if all are known. */
export function reasonsText(reasons: Reasons, state: RecipientState): string | undefined {
  const found = reasons.of[state];
  if (!found) return undefined;
  const texts = found.map(([reason, count]) =>
    reasons.isComplete
      ? t("resend.reason_count", { reason: name("reason", reason), count })
      : name("reason", reason),
  );
  const text = formatList(texts);
  return reasons.isComplete ? text : t("resend.reasons_some", { reasons: text });
}
