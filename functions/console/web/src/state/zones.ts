/** Time zones to choose from, and those that a text suggests. */

import { ZONES, zoneOf } from "./start";

/** A zone with the names by which it is found, in the reader's language. */
export interface NamedZone {
  zone: string;
  /** The name of its clocks at present. */
  clocks: string;
  /** Its city, countries and clocks, as they are shown. */
  names: string[];
  /** Everything by which it is found, made plain. */
  words: string[];
}

/** At most so many zones are suggested. */
const MAX_SUGGESTED = 8;

/** A name for comparison: without accents and capitals, and with blanks for underscores. */
export function plain(name: string): string {
  const letters = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  return letters.normalize("NFC").trim().toLowerCase().replaceAll("_", " ");
}

/** The parts of a text such as "Tokyo, Japan". */
const partsOf = (text: string): string[] =>
  text
    .split(/[,、，]/)
    .map(plain)
    .filter(Boolean);

/** The zones that a text may mean: first those with names that begin with it, then those that hold it. */
export function suggestZones(text: string, zones: readonly NamedZone[]): NamedZone[] {
  const parts = partsOf(text);
  if (parts.length === 0) return [];

  const found = zones.filter(({ words }) =>
    parts.every(part => words.some(word => word.includes(part))),
  );
  const begins = ({ words }: NamedZone) =>
    parts.every(part => words.some(word => word.startsWith(part)));
  return [...found.filter(begins), ...found.filter(zone => !begins(zone))];
}

/** The suggestions that are shown. A text that names a zone in full needs none. */
export function shownSuggestions(text: string, zones: readonly NamedZone[]): NamedZone[] {
  const found = suggestZones(text, zones);
  return found[0]?.zone === text ? [] : found.slice(0, MAX_SUGGESTED);
}

/**
 * The zone that a text means once it is entered: the one that it names, or the only one that it suggests. The name of a
 * country means its first zone, if the others have the same clocks.
 */
export function enteredZone(text: string, zones: readonly NamedZone[]): string | undefined {
  const named = zoneOf(text, ZONES);
  if (named) return named;

  const suggested = suggestZones(text, zones);
  const parts = partsOf(text);
  const exact = suggested.filter(({ words }) => parts.every(part => words.includes(part)));
  const [first, ...others] = exact.length > 0 ? exact : suggested;
  const isOne = exact.length > 0 && others.every(({ clocks }) => clocks === first?.clocks);
  return isOne || others.length === 0 ? first?.zone : undefined;
}
