/** A list of any length as one CSV file, read page by page. */

import { callText } from "../../api/client";
import { lineCount, nextPage, ownPath } from "./csv_pages";

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

/** Saves a file on the reader's computer. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
