/** The start of a resend in words. */

import { closed, formatInstant, formatRelative, ownZone } from "../i18n/format";
import { formatter } from "../i18n/formatters";
import { locale } from "../i18n/messages";
import { daysBetween, type LocalTime } from "../state/start";

/** A local time that needs no zone to be read. */
export function localText({ date, time }: LocalTime): string {
  return formatInstant(`${date}T${time}Z`, "UTC");
}

const DAY = 86_400_000;

/** "in 7 days", by the reader's calendar; hours and minutes where it is less than a day. */
export function relativeStart(at: Date, now: Date): string {
  if (at.getTime() - now.getTime() < DAY) return formatRelative(at, now);
  const days = daysBetween(now, at, ownZone());
  const format = formatter(Intl.RelativeTimeFormat, locale.value, { numeric: "always" });
  return closed(format.format(days, "day"));
}
