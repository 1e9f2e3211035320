/** The start of a resend: a local time in a zone, and the instants that it means. */

export type Start =
  | { kind: "now" }
  | {
      kind: "later";
      /** As a native date input gives it, such as 2026-12-01. */
      date: string;
      /** As a native time input gives it, such as 09:00. */
      time: string;
      /** A zone as the operator has typed it. */
      zone: string;
      /** Of a local time that comes twice, whether the later one is meant. */
      isSecond: boolean;
      /** Whether the date is still the one that was offered. */
      isOfferedDate?: boolean;
    };

export type Later = Extract<Start, { kind: "later" }>;

export interface LocalTime {
  date: string;
  time: string;
}

/** The meaning of a start, or why it has none. */
export type StartCheck =
  | { kind: "now" }
  | { kind: "incomplete" }
  | { kind: "unknown_zone" }
  /** Clocks are set forward over it. The nearest local times that exist are one before and one after it. */
  | { kind: "skipped"; before: LocalTime; after: LocalTime; zone: string }
  | { kind: "past"; at: Date; zone: string }
  | { kind: "too_far"; at: Date; zone: string }
  | { kind: "at"; at: Date; zone: string; local: string; twice?: [Date, Date] };

/** The zones to choose from. */
export const ZONES: readonly string[] = ["UTC", ...Intl.supportedValuesOf("timeZone")];

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** An instant is at most 14 hours from its local time read as UTC, and no clock was set by more than a day. */
const REACH = 38 * 60 * MINUTE;
/** The API takes starts up to a year ahead. */
const LATEST = 365 * DAY;

const formats = new Map<string, Intl.DateTimeFormat>();

function clock(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}

/** The distance of a zone's clocks from UTC at an instant, in milliseconds. */
export function offsetAt(instant: number, zone: string): number {
  const parts = clock(zone).formatToParts(instant);
  const part = (type: string) => Number(parts.find(found => found.type === type)?.value);
  const shown = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return shown - Math.floor(instant / 1000) * 1000;
}

/** The local time that a zone's clocks show at an instant, to the minute. */
export function localTimeAt(instant: number, zone: string): LocalTime {
  const text = new Date(instant + offsetAt(instant, zone)).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 16) };
}

function asUtc({ date, time }: LocalTime): number {
  return Date.parse(`${date}T${time}Z`);
}

/** The instants at which a zone's clocks show a local time: none, one, or two in order. */
export function instantsOf(local: LocalTime, zone: string): number[] {
  const wanted = asUtc(local);
  const offsets = new Set([offsetAt(wanted - REACH, zone), offsetAt(wanted + REACH, zone)]);
  return [...offsets]
    .map(offset => wanted - offset)
    .filter(instant => instant + offsetAt(instant, zone) === wanted)
    .sort((a, b) => a - b);
}

/** The local times next to one that clocks are set forward over. */
export function besideGap(local: LocalTime, zone: string): { before: LocalTime; after: LocalTime } {
  const wanted = asUtc(local);
  let [low, high] = [wanted - REACH, wanted + REACH];
  const before = offsetAt(low, zone);
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetAt(middle, zone) === before) low = middle;
    else high = middle;
  }
  return { before: localTimeAt(high - MINUTE, zone), after: localTimeAt(high, zone) };
}

/** The zone of the list that a text names, in any case, or by its city alone; `undefined` if there is none. */
export function zoneOf(text: string, zones: readonly string[]): string | undefined {
  const wanted = text.trim().replaceAll(" ", "_").toLowerCase();
  if (!wanted) return undefined;

  const exact = zones.find(zone => zone.toLowerCase() === wanted);
  if (exact) return exact;
  const ofCity = zones.filter(zone => zone.toLowerCase().endsWith(`/${wanted}`));
  if (ofCity.length === 1) return ofCity[0];
  return wanted === "utc" || wanted.includes("/") ? knownZone(text.trim()) : undefined;
}

/** A zone that the browser knows by another name than that of its list. */
function knownZone(text: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions();
    // An older name stays what it is.
    return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text;
  } catch {
    return undefined;
  }
}

/** Judges a start as the API does. */
export function checkStart(start: Start, now: Date, zones: readonly string[]): StartCheck {
  if (start.kind === "now") return { kind: "now" };
  const zone = zoneOf(start.zone, zones);
  if (!zone) return { kind: "unknown_zone" };
  // A year that is being typed begins with zeros.
  if (Number.isNaN(asUtc(start)) || start.date < "1000") return { kind: "incomplete" };

  const instants = instantsOf(start, zone);
  const chosen = start.isSecond ? (instants[1] ?? instants[0]) : instants[0];
  if (chosen === undefined) return { kind: "skipped", ...besideGap(start, zone), zone };

  const at = new Date(chosen);
  if (chosen < now.getTime()) return { kind: "past", at, zone };
  if (chosen > now.getTime() + LATEST) return { kind: "too_far", at, zone };
  const local = `${start.date}T${start.time}`;
  const [first, second] = instants;
  if (first === undefined || second === undefined) return { kind: "at", at, zone, local };
  return { kind: "at", at, zone, local, twice: [new Date(first), new Date(second)] };
}

/** The start as the API takes it. The later of two equal local times can only be named as an instant. */
export function startBody(start: Start, zones: readonly string[]) {
  if (start.kind === "now") return {};
  const zone = zoneOf(start.zone, zones) ?? start.zone;
  const [, second] = start.isSecond ? instantsOf(start, zone) : [];
  const startAt =
    second === undefined ? `${start.date}T${start.time}` : new Date(second).toISOString();
  return { startAt, timeZone: zone };
}

/** The start that is offered first when the operator chooses a later one: tomorrow at nine. */
export function tomorrow(now: Date, zone: string): Later {
  const date = dayAfter(now, zone);
  return { kind: "later", date, time: "09:00", zone, isSecond: false, isOfferedDate: true };
}

function dayAfter(now: Date, zone: string): string {
  const { date } = localTimeAt(now.getTime(), zone);
  return new Date(Date.parse(`${date}T00:00Z`) + DAY).toISOString().slice(0, 10);
}

/** A start with another part. A date that was offered stays tomorrow, also where another zone has another day. */
export function changedStart(
  start: Later,
  part: Partial<Later>,
  now: Date,
  zones: readonly string[],
): Later {
  const next: Later = { ...start, isSecond: false, ...part };
  if (part.date !== undefined) return { ...next, isOfferedDate: false };
  const zone = zoneOf(next.zone, zones);
  return start.isOfferedDate && zone ? { ...next, date: dayAfter(now, zone) } : next;
}

/** Whether a date that was offered is another one than it would be in a zone. */
export function isMovedDate(start: Later, now: Date, zone: string): boolean {
  return start.isOfferedDate === true && start.date !== dayAfter(now, zone);
}

/** The first full minute at or after an instant, as a start. */
export function startAtInstant(instant: Date, zone: string): Start {
  const minute = Math.ceil(instant.getTime() / MINUTE) * MINUTE;
  const local = localTimeAt(minute, zone);
  const isSecond = instantsOf(local, zone)[1] === minute;
  return { kind: "later", ...local, zone, isSecond };
}
