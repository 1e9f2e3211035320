/** How the pages of a CSV list follow one another. */

/** The address of the next page in a `Link` header. */
export function nextPage(link: string | null): string | undefined {
  for (const part of link?.split(/,\s*(?=<)/) ?? []) {
    const found = /^\s*<([^>]*)>(.*)$/.exec(part);
    if (found?.[2] && /;\s*rel="?next"?/i.test(found[2])) return found[1];
  }
  return undefined;
}

/** The path and the query of an address that the API names; `undefined` if it is another server's. */
export function ownPath(address: string, base: string): string | undefined {
  const url = new URL(address, base);
  const isOwn = url.origin === new URL(base).origin && url.pathname.startsWith("/v1/");
  return isOwn ? url.pathname + url.search : undefined;
}

/** Rows of CSV. A line break within quotes is a part of a cell. */
export function lineCount(csv: string): number {
  let count = 0;
  let isQuoted = false;
  for (const character of csv) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "\n" && !isQuoted) count += 1;
  }
  return count;
}
