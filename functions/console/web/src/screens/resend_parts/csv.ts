/** A list of any length as one CSV file, read page by page. */

import { callText } from "../../api/client";

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
  return url.pathname.startsWith("/v1/") ? url.pathname + url.search : undefined;
}

/** Reads every page. `onRows` is told the number of rows so far. */
export async function readCsv(
  path: string,
  query: Record<string, string | undefined>,
  onRows: (rows: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  // Reading text takes the mark away by which spreadsheet programs know that a file is UTF-8.
  const parts = ["\ufeff"];
  let rows = -1;
  let page: string | undefined;
  do {
    const answer = await callText({
      path: page ?? path,
      ...(page ? {} : { query }),
      accept: "text/csv",
      signal,
    });
    parts.push(answer.value);
    rows += lineCount(answer.value);
    onRows(Math.max(0, rows));
    const link = nextPage(answer.headers.get("Link"));
    page = link === undefined ? undefined : ownPath(link, location.origin + path);
  } while (page);
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
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

/** Saves a file on the reader's computer. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
