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

/** "Tue, 1 Dec 2026, 09:00", in a zone. */
export function formatInstant(instant: string | Date, timeZone: string): string {
  const options = { ...DAY_AND_TIME, weekday: "short", year: "numeric", timeZone } as const;
  return dateFormat(options).format(new Date(instant));
}

/** "1 Dec 2026, 09:00", in a zone: for tables. Japanese months have no short names, so "2026/12/01 09:00". */
export function formatShort(instant: string | Date, timeZone: string): string {
  const days = language.value === "ja" ? ({ day: "2-digit", month: "2-digit" } as const) : {};
  const options = { ...DAY_AND_TIME, ...days, year: "numeric", timeZone } as const;
  return dateFormat(options).format(new Date(instant));
}

/** "Tue, 1 Dec, 09:00", in a zone: where the year is plain. */
export function formatWithoutYear(instant: string | Date, timeZone: string): string {
  return dateFormat({ ...DAY_AND_TIME, weekday: "short", timeZone }).format(new Date(instant));
}

/** The name of a zone's clocks at an instant, such as "Japan Standard Time"; `short` is "GMT+9". */
export function zoneName(
  timeZone: string,
  at: string | Date = new Date(),
  style: "long" | "short" = "long",
): string {
  const parts = dateFormat({ timeZone, timeZoneName: style }).formatToParts(new Date(at));
  return parts.find(part => part.type === "timeZoneName")?.value ?? timeZone;
}

/** "Tue, 1 Dec 2026, 09:00, Asia/Tokyo (GMT+9)": a time with its zone. */
export function formatZoned(instant: string | Date, timeZone: string): string {
  return t("time.in_zone", {
    at: formatInstant(instant, timeZone),
    zone: zoneText(timeZone, instant),
  });
}

/** Japanese has no blanks beside numbers, though the browser puts them there. */
export function closed(text: string): string {
  return language.value === "ja"
    ? text.replace(/(?<=\d) (?=\P{ASCII})|(?<=\P{ASCII}) (?=\d)/gu, "")
    : text;
}

/** A zone as every screen names it: "Europe/London (GMT)", in Japanese "Europe/London（グリニッジ標準時）". */
export function zoneText(timeZone: string, at: string | Date = new Date()): string {
  const clocks = zoneName(timeZone, at, language.value === "ja" ? "long" : "short");
  return clocks === timeZone ? timeZone : t("format.zone", { zone: timeZone, clocks });
}

/** "in 7 days", "2 hours ago". */
export function formatRelative(instant: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(instant).getTime() - now.getTime()) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const format = formatter(Intl.RelativeTimeFormat, locale.value, { numeric: "auto" });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length)
      return closed(format.format(Math.trunc(seconds / length), unit));
  }
  return closed(format.format(Math.trunc(seconds), "second"));
}

/** A duration such as "3 min 20 s". */
export function formatDuration(seconds: number): string {
  const unit = (value: number, name: string) =>
    formatter(Intl.NumberFormat, locale.value, {
      style: "unit",
      unit: name,
      unitDisplay: "short",
    }).format(value);
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
