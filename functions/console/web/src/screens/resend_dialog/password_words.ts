/** The password changes of a resend in words. */

import type { PasswordChange } from "../../api/types";
import { t, tn } from "../../i18n/messages";
import { countWords } from "../../state/filter_words";

/** Parts of a summary, one after the other. */
export function joined(parts: string[]): string {
  return parts.reduce((first, second) => t("dialog.summary", { first, second }));
}

/** The passwords in words, such as "links to set a password for 21 users, password kept for 1". */
export function passwordText(counts: Record<string, number>, isEstimated: boolean): string {
  const { set_link: links = 0, temporary = 0, keep = 0 } = counts;
  if (links + temporary === 0) return t("dialog.passwords_kept");
  const numberOf = (count: number) => ({ number: countWords(count, isEstimated) });
  const parts: string[] = [];
  if (links > 0) parts.push(tn("dialog.passwords_links", links, numberOf(links)));
  if (temporary > 0) parts.push(tn("dialog.passwords_temporary", temporary, numberOf(temporary)));
  if (keep > 0) parts.push(tn("dialog.passwords_kept_for", keep, numberOf(keep)));
  return joined(parts);
}

/** The choices for single users in words, such as "1 user keeps the password, 2 users get a temporary password". */
export function exceptionsText(byUser: Record<string, PasswordChange>): string {
  const chosen = Object.values(byUser);
  const numberOf = (change: PasswordChange) => chosen.filter(one => one === change).length;
  const [links, temporary, keep] = [numberOf("set_link"), numberOf("temporary"), numberOf("keep")];
  const parts: string[] = [];
  if (links > 0) parts.push(tn("passwords.single_links", links));
  if (temporary > 0) parts.push(tn("passwords.single_temporary", temporary));
  if (keep > 0) parts.push(tn("passwords.single_keep", keep));
  return parts.length > 0 ? t("passwords.exceptions", { exceptions: joined(parts) }) : "";
}
