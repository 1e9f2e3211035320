/** The names of the time zones in the operator's language. */

import { computed } from "@preact/signals";
import { ZONES } from "../state/start";
import type { NamedZone } from "../state/zones";
import { hasMessage, locale, t } from "./messages";

/** Every zone with its city, where it has another name in this language, and the names of its clocks. */
export const namedZones = computed<NamedZone[]>(() => {
  const now = new Date();
  return ZONES.map(zone => {
    const city = `zoneCity.${zone}`;
    const clocks = (["shortGeneric", "long"] as const).map(style => clockName(zone, style, now));
    return { zone, names: [...new Set(hasMessage(city) ? [t(city), ...clocks] : clocks)] };
  });
});

function clockName(timeZone: string, timeZoneName: "shortGeneric" | "long", at: Date): string {
  const format = new Intl.DateTimeFormat(locale.value, { timeZone, timeZoneName });
  return format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}
