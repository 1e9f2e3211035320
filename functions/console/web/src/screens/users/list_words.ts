/** The number of users that a list has found, in words. */

import { t, tn } from "../../i18n/messages";
import { hasCriteria, type UserFilter } from "../../state/filter";
import { countWords } from "../../state/filter_words";

export interface Found {
  count: number;
  estimated: boolean;
}

function foundWords(filter: UserFilter, { count, estimated }: Found): string {
  const number = countWords(count, estimated);
  if (hasCriteria(filter))
    return estimated ? t("users.matching_about", { number }) : tn("users.matching", count);
  return estimated ? t("users.found_about", { number }) : tn("users.found", count);
}

/**
 * Such as "62 users match, 50 on this page". `rows` is there if the list has other pages, which may be empty. `found` is absent
 * while they are counted.
 */
export function listWords(
  filter: UserFilter,
  found: Found | undefined,
  rows: number | undefined,
): string {
  if (!found) return tn("users.on_page", rows ?? 0);
  const words = foundWords(filter, found);
  const isWhole = rows === undefined || (!found.estimated && rows >= found.count);
  return isWhole ? words : t("users.found_on_page", { found: words, rows });
}
