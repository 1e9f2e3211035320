/** The names of the time zones in the operator's language. */

import { computed } from "@preact/signals";
import { ZONES } from "../state/start";
import { type NamedZone, plain } from "../state/zones";
import { hasMessage, locale, t } from "./messages";

/** Every zone with its city, where that has another name in this language, its countries and its clocks. Well-known cities come first. */
export const namedZones = computed<NamedZone[]>(() => {
  const now = new Date();
  const regions = regionsOfZones();
  const own = new Intl.DisplayNames(locale.value, { type: "region" });
  const short = new Intl.DisplayNames(locale.value, { type: "region", style: "short" });
  const english = new Intl.DisplayNames("en", { type: "region" });

  const named = ZONES.map((zone): NamedZone & { isKnown: boolean } => {
    const key = `zoneCity.${zone}`;
    const isKnown = hasMessage(key);
    const inside = regions.get(zone) ?? [];
    const nameIn = (names: Intl.DisplayNames) => inside.map(region => names.of(region) ?? region);
    const clocks = clockName(zone, "long", now);
    const city = isKnown && !plain(zone).endsWith(plain(t(key))) ? [t(key)] : [];
    const names = distinct([...city, ...nameIn(own), clocks]);
    const otherNames = [
      clockName(zone, "shortGeneric", now),
      clockName(zone, "longGeneric", now),
      ...nameIn(short),
      ...nameIn(english),
    ];
    const words = [zone, ...zone.split("/"), ...names, ...otherNames].map(plain);
    return { zone, clocks, isKnown, names, words: distinct(words) };
  });
  return named.sort((a, b) => Number(b.isKnown) - Number(a.isKnown));
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
