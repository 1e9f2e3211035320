/** The start of a resend in words. */

import { formatInstant, formatRelative, ownZone } from "../../i18n/format";
import { locale } from "../../i18n/messages";
import { daysBetween, type LocalTime } from "../../state/start";

/** "Tue, 1 Dec 2026, 09:00", in a zone. */
export function instantIn(at: Date | string, zone: string): string {
  return formatInstant(at, zone);
}

/** A local time that needs no zone to be read. */
export function localText({ date, time }: LocalTime): string {
  return formatInstant(`${date}T${time}Z`, "UTC");
}

function zoneName(zone: string, at: Date, style: "long" | "longGeneric"): string {
  const parts = new Intl.DateTimeFormat(locale.value, {
    timeZone: zone,
    timeZoneName: style,
  }).formatToParts(at);
  return parts.find(part => part.type === "timeZoneName")?.value ?? zone;
}

/** The name of a zone's clocks at an instant, such as "Japan Standard Time". */
export function zoneText(zone: string, at: Date): string {
  return zoneName(zone, at, "long");
}

/** The short name of a zone, such as "Japan Time". */
export function shortZone(zone: string, at: Date): string {
  return zoneName(zone, at, "longGeneric");
}

const DAY = 86_400_000;

/** "in 7 days", by the reader's calendar; hours and minutes where it is less than a day. */
export function relativeStart(at: Date, now: Date): string {
  if (at.getTime() - now.getTime() < DAY) return formatRelative(at, now);
  const days = daysBetween(now, at, ownZone());
  return new Intl.RelativeTimeFormat(locale.value, { numeric: "always" }).format(days, "day");
}

/** "Tue 1 Dec, 09:00": the start in the summary. */
export function summaryStart(at: Date, zone: string): string {
  return new Intl.DateTimeFormat(locale.value, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  }).format(at);
}
