/** Theirs and mine: two changes of one thing since it was read. */

type Fields = Record<string, unknown>;

/** JSON without the order of fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** The names of the fields that differ. An absent field is one with `undefined`. */
export function differences(one: object, other: object): string[] {
  const [left, right] = [one as Fields, other as Fields];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].filter(name => canonical(left[name]) !== canonical(right[name]));
}

/** Theirs, with what I have changed since `base` on top. */
export function mineOnTop<T extends object>(base: T, theirs: T, mine: T): T {
  const merged = { ...theirs } as Fields;
  for (const name of differences(base, mine)) {
    const value = (mine as Fields)[name];
    if (value === undefined) delete merged[name];
    else merged[name] = value;
  }
  return merged as T;
}
