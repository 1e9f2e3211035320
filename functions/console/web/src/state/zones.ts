/** Time zones to choose from, and those that a text suggests. */

import { ZONES, zoneOf } from "./start";

/** A zone with the names by which it is found: places and clocks, in the reader's language. */
export interface NamedZone {
  zone: string;
  names: string[];
}

/** At most so many zones are suggested. */
const MAX_SUGGESTED = 8;

const plain = (text: string) => text.trim().toLowerCase().replaceAll("_", " ");

/** The zones that a text may mean: first those with a name that begins with it, then those that hold it. */
export function suggestZones(text: string, zones: readonly NamedZone[]): NamedZone[] {
  const wanted = plain(text);
  if (!wanted) return [];

  const wordsOf = ({ zone, names }: NamedZone) => [zone, ...zone.split("/"), ...names].map(plain);
  const found = zones
    .map(named => ({ named, words: wordsOf(named) }))
    .filter(({ words }) => words.some(word => word.includes(wanted)));
  const begins = ({ words }: { words: string[] }) => words.some(word => word.startsWith(wanted));
  return [...found.filter(begins), ...found.filter(one => !begins(one))].map(({ named }) => named);
}

/** The suggestions that are shown. A text that names a zone in full needs none. */
export function shownSuggestions(text: string, zones: readonly NamedZone[]): NamedZone[] {
  const found = suggestZones(text, zones);
  return found[0]?.zone === text ? [] : found.slice(0, MAX_SUGGESTED);
}

/** The zone that a text means once it is entered: the one that it names, or the only one that it suggests. */
export function enteredZone(text: string, zones: readonly NamedZone[]): string | undefined {
  const named = zoneOf(text, ZONES);
  if (named) return named;
  const [only, ...others] = suggestZones(text, zones);
  return others.length === 0 ? only?.zone : undefined;
}
