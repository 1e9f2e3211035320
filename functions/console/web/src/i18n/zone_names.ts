/** The names of the time zones in the operator's language. */

import { computed } from "@preact/signals";
import { ZONES } from "../state/start";
import { type NamedZone, plain } from "../state/zones";
import { hasMessage, locale, t } from "./messages";

/** Every zone with its cities, as far as its own name does not say them, its countries and its clocks. Zones of many well-known cities come first. */
export const namedZones = computed<NamedZone[]>(() => {
  const now = new Date();
  const regions = regionsOfZones();
  const own = new Intl.DisplayNames(locale.value, { type: "region" });
  const short = new Intl.DisplayNames(locale.value, { type: "region", style: "short" });
  const english = new Intl.DisplayNames("en", { type: "region" });

  const named = ZONES.map((zone): NamedZone & { size: number } => {
    const key = `zoneCity.${zone}`;
    const inside = regions.get(zone) ?? [];
    const nameIn = (names: Intl.DisplayNames) => inside.map(region => names.of(region) ?? region);
    const clocks = clockName(zone, "long", now);
    const cities = hasMessage(key) ? t(key).split(/, |、/) : [];
    const others = cities.filter(city => !plain(zone).endsWith(plain(city)));
    const names = distinct([...others, ...nameIn(own), clocks]);
    const otherNames = [
      clockName(zone, "shortGeneric", now),
      clockName(zone, "longGeneric", now),
      ...nameIn(short),
      ...nameIn(english),
    ];
    const words = [zone, ...zone.split("/"), ...names, ...otherNames].map(plain);
    return { zone, clocks, size: cities.length, names, words: distinct(words) };
  });
  return named.sort((a, b) => b.size - a.size);
});

const distinct = (names: string[]) => [...new Set(names)];

function clockName(
  timeZone: string,
  timeZoneName: "shortGeneric" | "longGeneric" | "long",
  at: Date,
): string {
  const format = new Intl.DateTimeFormat(locale.value, { timeZone, timeZoneName });
  return format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}

/** A locale that knows the zones of its region; some browsers do not. */
type RegionLocale = Intl.Locale & { getTimeZones?: () => string[]; timeZones?: string[] };

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** The countries of each zone, by their codes, as far as the browser knows them. */
function regionsOfZones(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  for (const code of LETTERS.flatMap(first => LETTERS.map(second => first + second))) {
    if (!names.of(code)) continue;
    const region: RegionLocale = new Intl.Locale(`und-${code}`);
    // The code of a country that is no more has become that of another one.
    if (region.region !== code) continue;
    for (const zone of region.getTimeZones?.() ?? region.timeZones ?? [])
      found.set(zone, [...(found.get(zone) ?? []), code]);
  }
  return found;
}
