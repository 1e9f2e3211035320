/** Places in a text. */

/** The offset in UTF-16 units of a column of a line. Columns begin at 1 and count characters. */
export function offsetAt(line: string, column: number): number {
  let offset = 0;
  let left = column - 1;
  for (const character of line) {
    if (left <= 0) break;
    offset += character.length;
    left -= 1;
  }
  return offset;
}

/** The end of the word, of the `{{ mark }}` or of the `<tag>` that begins at an offset; at least one character on, if there is one. */
export function wordEnd(line: string, offset: number): number {
  const rest = line.slice(offset);
  const found = /^(\{\{.*?\}\}|\{%.*?%\}|<\/?[\w:-]+|[\w.:-]+|.)/u.exec(rest);
  return offset + (found?.[0].length ?? 0);
}

export interface Change {
  from: number;
  to: number;
  insert: string;
}

/** The one change that makes a text of another; none if they are equal. */
export function changeBetween(before: string, after: string): Change | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
