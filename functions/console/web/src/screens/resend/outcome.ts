/** What became of the users of a resend, in words and with the reasons of those who got no mail. */

import type { RecipientState, Resend } from "../../api/types";
import { formatList } from "../../i18n/format";
import { name, t, tn } from "../../i18n/messages";
import { type Counts, mailedCount, RECIPIENT_STATES } from "./figures";

/** "14 mails sent, 2 of them bounced and 22 recipients skipped". */
export function outcomeText(counts: Counts): string {
  const parts = [tn("resend.outcome.sent", mailedCount(counts))];
  if (counts.bounced > 0) parts.push(t("resend.outcome.bounced", { count: counts.bounced }));
  if (counts.unknown > 0) parts.push(t("resend.outcome.unknown", { count: counts.unknown }));
  if (counts.failed > 0) parts.push(t("resend.outcome.failed", { count: counts.failed }));
  if (counts.skipped > 0) parts.push(tn("resend.outcome.skipped", counts.skipped));
  return formatList(parts);
}

/** How many recipients are in a state now, or in any. `rows` is their number if one page lists them all. */
export function inStateText(
  state: string | undefined,
  counts: Counts,
  rows: number | undefined,
): string {
  if (state === undefined) return tn("resend.in_all_states", rows ?? counts.eligible);
  const count = rows ?? (isState(state) ? counts[state] : 0);
  return tn("resend.in_state", count, { state: name("recipientState", state) });
}

const isState = (state: string): state is RecipientState =>
  RECIPIENT_STATES.some(known => known === state);

/** Users without a mail: recipients whose mail failed or who were skipped, and users who were left out before. */
export const UNMAILED = ["failed", "skipped", "excluded"] as const;

export interface CountedReasons {
  /** The most frequent one first. */
  reasons: [reason: string, count: number][];
  /** Whether the users that were read are all there are. */
  isComplete: boolean;
}

/** Why users got no mail, as far as it is known. */
export type Reasons = Partial<Record<string, CountedReasons>>;

/** Counts the reasons of some users. `total` is how many there are. */
export function countReasons(
  users: { reason?: string | undefined }[],
  total: number,
): CountedReasons | undefined {
  const counted = new Map<string, number>();
  for (const { reason } of users) {
    if (reason) counted.set(reason, (counted.get(reason) ?? 0) + 1);
  }
  if (counted.size === 0) return undefined;
  const reasons = [...counted].sort(([, a], [, b]) => b - a);
  return { reasons, isComplete: users.length >= total };
}

/** Reasons in a line: with numbers if all are known. */
export function reasonsText({ reasons, isComplete }: CountedReasons): string {
  if (isComplete) return formatList(reasons.map(([reason, count]) => reasonCount(reason, count)));
  const names = formatList(reasons.map(([reason]) => name("reason", reason)));
  return t("resend.reasons_some", { reasons: names });
}

/** A reason with the number of users that it holds for. */
export function reasonCount(reason: string, count: number): string {
  return t("resend.reason_count", { reason: name("reason", reason), count });
}

/** Who got no mail and why, a line for each kind. */
export function unmailedTexts({ counts }: Pick<Resend, "counts">, reasons: Reasons): string[] {
  return UNMAILED.filter(kind => counts[kind] > 0).map(kind => {
    const who = tn(`resend.unmailed.${kind}`, counts[kind]);
    const known = reasons[kind];
    return known ? t("resend.unmailed_why", { who, reasons: reasonsText(known) }) : who;
  });
}

/** The users of a resend that is for no group: the API does not name them. */
export function chosenWords({ counts, state }: Pick<Resend, "counts" | "state">): string {
  const isOne = state !== "preparing" && counts.eligible + counts.excluded === 1;
  return t(isOne ? "resends.one_user" : "resends.no_group");
}
