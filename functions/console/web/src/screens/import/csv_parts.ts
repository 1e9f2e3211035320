/** A CSV file in parts, each a file of its own with the header repeated. */

import type { FileError } from "./decode";

/** A part of a file. */
export interface CsvPart {
  csv: string;
  /** The number of lines with users. A line break in quotes does not begin another. */
  users: number;
  /** The lines of the header, and of a line such as `sep=;` before it. */
  headerLines: number;
  /** The line in the whole file of the part's first line below the header. */
  firstLine: number;
}

/** The most that one request takes, and that one of several requests takes. */
export interface PartLimits {
  whole: { users: number; bytes: number };
  part: { users: number; bytes: number };
}

/** The API takes 5,000 lines and 4 MB. Smaller parts end well within its time. */
const LIMITS: PartLimits = {
  whole: { users: 5_000, bytes: 4_000_000 },
  part: { users: 2_000, bytes: 2_000_000 },
};

/** A record of a file: a line, or several with line breaks in quotes. */
export interface CsvRecord {
  begin: number;
  end: number;
  /** The line of the file that it begins on, from 1. */
  line: number;
  isBlank: boolean;
  bytes: number;
}

/** A file whose records are known. */
export interface CsvFile {
  text: string;
  separator: string;
  header: CsvRecord | undefined;
  /** The records below the header, also blank ones. */
  records: CsvRecord[];
}

/** Finds the records of a file; answers the line of a quote that is never closed. */
export function readCsv(text: string): CsvFile | FileError {
  const { separator, begin } = findSeparator(text);
  const firstLine = begin > 0 ? 2 : 1;
  const found = findRecords(text, separator, begin, firstLine);
  if (!Array.isArray(found)) return found;

  const index = found.findIndex(record => !record.isBlank);
  return {
    text,
    separator,
    header: found[index],
    records: index < 0 ? [] : found.slice(index + 1),
  };
}

const SEPARATORS = [",", ";", "\t"];

/** The separator: that of a first line `sep=;`, or the one that the header has most of. */
function findSeparator(text: string): { separator: string; begin: number } {
  const firstEnd = text.indexOf("\n");
  const first = firstEnd < 0 ? text : text.slice(0, firstEnd);
  const named = /^"?sep=(.)"?\r?$/i.exec(first)?.[1];
  if (named) return { separator: named, begin: firstEnd < 0 ? text.length : firstEnd + 1 };

  const counts = new Map(SEPARATORS.map(one => [one, 0]));
  let [isQuoted, isEmpty] = [false, true];
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "\n" && !isQuoted && !isEmpty) break;
    else if (!isQuoted && counts.has(character))
      counts.set(character, (counts.get(character) ?? 0) + 1);
    if (/\S/.test(character)) isEmpty = false;
  }
  const most = Math.max(...counts.values());
  const separator = SEPARATORS.find(one => counts.get(one) === most) ?? ",";
  return { separator, begin: 0 };
}

function findRecords(
  text: string,
  separator: string,
  begin: number,
  firstLine: number,
): CsvRecord[] | FileError {
  const records: CsvRecord[] = [];
  let record: CsvRecord = { begin, end: begin, line: firstLine, isBlank: true, bytes: 0 };
  let line = firstLine;
  let opened: number | undefined;
  let isCellStart = true;

  for (let index = begin; index < text.length; index++) {
    const character = text[index] as string;
    // The second of two quotes within a cell opens it again.
    if (character === '"' && opened !== undefined) opened = undefined;
    else if (character === '"' && isCellStart) opened = line;

    record.bytes += utf8Length(text.charCodeAt(index));
    if (record.isBlank && character !== separator && character !== '"' && character.trim() !== "")
      record.isBlank = false;
    isCellStart = opened === undefined && (character === separator || '\n\r"'.includes(character));
    if (character !== "\n") continue;

    line += 1;
    if (opened !== undefined) continue;
    records.push({ ...record, end: index + 1 });
    record = { begin: index + 1, end: index + 1, line, isBlank: true, bytes: 0 };
  }
  if (opened !== undefined) return { line: opened, rule: "unclosed_quote" };
  if (record.begin < text.length) records.push({ ...record, end: text.length });
  return records;
}

/** The bytes of a UTF-16 unit in UTF-8. Both halves of a pair have two. */
function utf8Length(unit: number): number {
  if (unit < 0x80) return 1;
  if (unit < 0x800 || (unit >= 0xd800 && unit < 0xe000)) return 2;
  return 3;
}

/** Splits a file at the ends of records. A file that one request takes stays whole. */
export function splitCsv(file: CsvFile, limits: PartLimits = LIMITS): CsvPart[] {
  const { text, header, records } = file;
  const last = records.at(-1);
  if (!header || !last) return [{ csv: text, users: 0, headerLines: 0, firstLine: 1 }];

  const withUsers = records.filter(record => !record.isBlank).length;
  const bytes = records.reduce((sum, record) => sum + record.bytes, header.bytes);
  const isWhole = withUsers <= limits.whole.users && bytes <= limits.whole.bytes;
  const limit = isWhole ? limits.whole : limits.part;

  const parts: CsvPart[] = [];
  let begun: { first: CsvRecord; users: number; bytes: number } | undefined;
  const end = (at: number) => {
    if (begun && begun.users > 0) parts.push(partOf(file, begun.first, at, begun.users));
    begun = undefined;
  };
  for (const record of records) {
    const users = record.isBlank ? 0 : 1;
    const isFull =
      begun &&
      (begun.users + users > limit.users ||
        header.bytes + begun.bytes + record.bytes > limit.bytes);
    if (isFull) end(record.begin);
    begun ??= { first: record, users: 0, bytes: 0 };
    begun.users += users;
    begun.bytes += record.bytes;
  }
  end(last.end);
  return parts;
}

function partOf(file: CsvFile, first: CsvRecord, end: number, users: number): CsvPart {
  const header = file.text.slice(0, file.header?.end ?? 0);
  return {
    csv: header + file.text.slice(first.begin, end),
    users,
    headerLines: header.split("\n").length - 1,
    firstLine: first.line,
  };
}

/** The line in the whole file of a line of a part. */
export function lineInFile(part: CsvPart, line: number): number {
  return line <= part.headerLines ? line : part.firstLine + line - part.headerLines - 1;
}

/** The cells of a record, without their quotes. */
export function cellsOf({ text, separator }: CsvFile, { begin, end }: CsvRecord): string[] {
  const line = text.slice(begin, end).replace(/\r?\n$/, "");
  const cells: string[] = [];
  for (let index = 0; index <= line.length; index++) {
    const quoted = line[index] === '"' ? /"((?:[^"]|"")*)"?/y : undefined;
    if (quoted) quoted.lastIndex = index;
    const found = quoted?.exec(line);
    const from = index + (found?.[0].length ?? 0);
    const next = line.indexOf(separator, from);
    const to = next < 0 ? line.length : next;
    cells.push((found?.[1] ?? "").replaceAll('""', '"') + line.slice(from, to));
    index = to;
  }
  return cells;
}
