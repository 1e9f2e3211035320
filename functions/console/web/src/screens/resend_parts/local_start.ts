/** A start as the operator writes it: a date, a time, and the zone in which they mean it. */

export interface LocalStart {
  date: string;
  time: string;
  zone: string;
}

/** The local date and time of an instant in a zone. */
export function localStart(instant: string, zone: string): LocalStart {
  const format = new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  const parts = Object.fromEntries(
    format.formatToParts(new Date(instant)).map(part => [part.type, part.value]),
  );
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    time: `${parts.hour}:${parts.minute}`,
    zone,
  };
}

/** The zones that the browser knows, with the ones that must be there. */
export function zones(...must: string[]): string[] {
  return [...new Set([...must, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
}
