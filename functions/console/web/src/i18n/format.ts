/** Numbers, dates and times in the operator's language. */

import { formatter } from "./formatters";
import { language, locale, t } from "./messages";

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return formatter(Intl.DateTimeFormat, locale.value, options);
}

export function formatNumber(value: number): string {
  return formatter(Intl.NumberFormat, locale.value).format(value);
}

/** The reader's own zone. */
export function ownZone(): string {
  return formatter(Intl.DateTimeFormat, "en").resolvedOptions().timeZone;
}

/** "1 Dec 2026", in a zone. */
export function formatDate(instant: string | Date, timeZone: string): string {
  return dateFormat({ dateStyle: "medium", timeZone }).format(new Date(instant));
}

/**
 * The hours of the browser's own language, whatever the language of the screens is: its time fields count them like that,
 * and cannot be told otherwise.
 */
const { hourCycle } = new Intl.DateTimeFormat(navigator.language, {
  hour: "numeric",
}).resolvedOptions();

const DAY_AND_TIME: Intl.DateTimeFormatOptions = {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  ...(hourCycle ? { hourCycle } : {}),
};

/** "Tue, 1 Dec 2026, 09:00" on the clocks of a zone. A text that needs this has the zone beside it: see `formatZoned`. */
function onClocks(instant: string | Date, timeZone: string): string {
  const options = { ...DAY_AND_TIME, weekday: "short", year: "numeric", timeZone } as const;
  return dateFormat(options).format(new Date(instant));
}

/** "Tue, 1 Dec 2026, 09:00" of a local time such as "2026-12-01T09:00", which is no instant yet. */
export function formatLocal(local: string): string {
  return onClocks(`${local}Z`, "UTC");
}

/**
 * "1 Dec 2026, 09:00", for the cells of a table and for pictures, which `TimesIn` comes before. Japanese months have no short
 * names, so "2026/12/01 09:00".
 */
export function formatInTable(instant: string | Date, timeZone: string): string {
  const days = language.value === "ja" ? ({ day: "2-digit", month: "2-digit" } as const) : {};
  const options = { ...DAY_AND_TIME, ...days, year: "numeric", timeZone } as const;
  return dateFormat(options).format(new Date(instant));
}

/** "Tue, 1 Dec 2026, 09:00, Asia/Tokyo (GMT+9)": a time, which never stands without its zone. */
export function formatZoned(instant: string | Date, timeZone: string): string {
  return t("time.in_zone", {
    at: onClocks(instant, timeZone),
    zone: zoneText(timeZone, instant),
  });
}

/** "Tue, 1 Dec, 09:00, Asia/Tokyo (GMT+9)": where the year is plain. */
export function formatWithoutYear(instant: string | Date, timeZone: string): string {
  const format = dateFormat({ ...DAY_AND_TIME, weekday: "short", timeZone });
  return t("time.in_zone", {
    at: format.format(new Date(instant)),
    zone: zoneText(timeZone, instant),
  });
}

/** "For you that is …": a time on the reader's own clocks, where they show another one than those of its zone. */
export function ownTime(instant: string | Date, timeZone: string): string | undefined {
  const own = ownZone();
  if (onClocks(instant, own) === onClocks(instant, timeZone)) return undefined;
  return t("time.own", { at: formatZoned(instant, own) });
}

/** The name of a zone's clocks; without an instant the one that they have all year. */
function clocksOf(
  timeZone: string,
  timeZoneName: "long" | "short" | "longGeneric",
  at: string | Date = new Date(),
): string {
  const parts = dateFormat({ timeZone, timeZoneName }).formatToParts(new Date(at));
  return parts.find(part => part.type === "timeZoneName")?.value ?? timeZone;
}

/** Japanese has no blanks beside numbers, though the browser puts them there. */
function closed(text: string): string {
  return language.value === "ja"
    ? text.replace(/(?<=\d) (?=\P{ASCII})|(?<=\P{ASCII}) (?=\d)/gu, "")
    : text;
}

/** A zone at an instant: "Europe/London (GMT)", in Japanese "グリニッジ標準時（Europe/London）". */
export function zoneText(timeZone: string, at: string | Date): string {
  return zoneWithClocks(
    timeZone,
    clocksOf(timeZone, language.value === "ja" ? "long" : "short", at),
  );
}

/** A zone whose times are of any day of the year: "America/New_York (Eastern Time)". */
export function zoneAllYear(timeZone: string): string {
  return zoneWithClocks(timeZone, clocksOf(timeZone, "longGeneric"));
}

function zoneWithClocks(zone: string, clocks: string): string {
  const isPlain = zone === "UTC" || clocks === zone;
  return isPlain ? zone : t("format.zone", { id: zone, clocks });
}

const DAYS_OF_YEAR = 365.2425;
const DAYS_OF_MONTH = DAYS_OF_YEAR / 12;

/**
 * "in 7 days", "28 hours ago", "about 1 year 7 months ago", to the nearest. Days are counted from two of them on: a single one
 * may be any time of tomorrow. From 60 days on it is months, then years.
 */
export function formatRelative(instant: string | Date, now: Date = new Date()): string {
  const seconds = Math.round((new Date(instant).getTime() - now.getTime()) / 1000);
  if (seconds <= 0 && seconds > -10) return t("time.just_now");

  const format = formatter(Intl.RelativeTimeFormat, locale.value, { numeric: "always" });
  const steps: [Intl.RelativeTimeFormatUnit, number, number][] = [
    ["second", 1, 60],
    ["minute", 60, 60],
    ["hour", 3600, 48],
  ];
  for (const [unit, length, end] of steps) {
    const count = Math.round(seconds / length);
    if (Math.abs(count) < end) return closed(format.format(count, unit));
  }
  const days = Math.round(seconds / 86_400);
  if (Math.abs(days) < 60) return closed(format.format(days, "day"));
  const span = longSpan(Math.abs(days));
  return t(days < 0 ? "time.about_ago" : "time.about_ahead", { span });
}

/** "3 months", "1 year 7 months", and from two years on "5 years". */
function longSpan(days: number): string {
  const all = Math.round(days / DAYS_OF_MONTH);
  const years = all < 24 ? Math.floor(all / 12) : Math.round(days / DAYS_OF_YEAR);
  const months = all < 24 ? all % 12 : 0;
  const parts = [
    years && unitText(years, "year", "long"),
    months && unitText(months, "month", "long"),
  ];
  return closed(parts.filter(Boolean).join(" "));
}

/** A number of a unit, such as "3 months". */
function unitText(value: number, unit: string, unitDisplay: "short" | "long"): string {
  const options = { style: "unit", unit, unitDisplay } as const;
  return formatter(Intl.NumberFormat, locale.value, options).format(value);
}

/** A duration such as "3 min 20 s". */
export function formatDuration(seconds: number): string {
  const unit = (value: number, name: string) => unitText(value, name, "short");
  const whole = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor((whole % 86_400) / 3600),
    Math.floor((whole % 3600) / 60),
  ];
  if (days) return closed(`${unit(days, "day")} ${unit(hours, "hour")}`);
  if (hours) return closed(`${unit(hours, "hour")} ${unit(minutes, "minute")}`);
  if (minutes) return closed(`${unit(minutes, "minute")} ${unit(whole % 60, "second")}`);
  return closed(unit(whole, "second"));
}

/** A choice such as "a, b or c". */
export function formatAlternatives(items: string[]): string {
  return formatter(Intl.ListFormat, locale.value, { type: "disjunction" }).format(items);
}

/** A list such as "a, b and c". */
export function formatList(items: string[]): string {
  return formatter(Intl.ListFormat, locale.value).format(items);
}

/** The name of a language in the operator's language, such as "Japanese"; the tag itself if it has no name. */
export function languageName(tag: string): string {
  try {
    return formatter(Intl.DisplayNames, locale.value, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
