/** What the API answers to the parts of a file, put together. */

import type { FieldError } from "../../api/errors";
import type { Schema } from "../../api/types";
import { type CsvFile, type CsvPart, cellsOf, lineInFile } from "./csv_parts";

type Imported = Schema["Imported"];
export type ImportNotice = Schema["LoginIdNotice"];
export type LineError = FieldError & { line?: number };

/** The most errors that are shown, and that an answer holds. */
export const MAX_ERRORS = 1_000;

export interface Outcome {
  created: number;
  updated: number;
  unchanged: number;
  columns: Imported["columns"];
  ignored: string[];
  /** The first errors, with the lines of the whole file. */
  errors: LineError[];
  /** Lines that were left out. */
  skipped: number;
  /** The number of errors that refuse the file. */
  refused: number;
  /** Whether there may be more errors than were counted. */
  hasMore: boolean;
  notices: ImportNotice[];
}

export const NOTHING: Outcome = {
  created: 0,
  updated: 0,
  unchanged: 0,
  columns: [],
  ignored: [],
  errors: [],
  skipped: 0,
  refused: 0,
  hasMore: false,
  notices: [],
};

/** An error with the lines of the whole file; also a line among its values. */
function inFile(part: CsvPart, error: LineError): LineError {
  const other = error.values?.line;
  return {
    ...error,
    ...(error.line ? { line: lineInFile(part, error.line) } : {}),
    ...(typeof other === "number"
      ? { values: { ...error.values, line: lineInFile(part, other) } }
      : {}),
  } as LineError;
}

const firstOf = (errors: LineError[]) => errors.slice(0, MAX_ERRORS);

/** Adds the answer to a part. */
export function withAnswer(outcome: Outcome, part: CsvPart, answer: Imported): Outcome {
  const skipped = (answer.skipped ?? []).map(error => inFile(part, error));
  const known = new Set(outcome.notices.map(noticeKey));
  const notices = (answer.notices ?? [])
    .map(notice => ({
      ...notice,
      ...(notice.line ? { line: lineInFile(part, notice.line) } : {}),
    }))
    .filter(notice => !known.has(noticeKey(notice)));
  return {
    ...outcome,
    created: outcome.created + answer.created,
    updated: outcome.updated + answer.updated,
    unchanged: outcome.unchanged + answer.unchanged,
    columns: answer.columns,
    ignored: answer.ignored ?? [],
    errors: firstOf([...outcome.errors, ...skipped]),
    skipped: outcome.skipped + (answer.skippedCount ?? 0),
    notices: firstNotices([...outcome.notices, ...notices]),
  };
}

const noticeKey = ({ type, line, values }: ImportNotice) => JSON.stringify([type, line, values]);
const firstNotices = (notices: ImportNotice[]) => notices.slice(0, MAX_ERRORS);

/** Adds the errors for which a part was refused. */
export function withErrors(outcome: Outcome, part: CsvPart, errors: LineError[]): Outcome {
  return {
    ...outcome,
    errors: firstOf([...outcome.errors, ...errors.map(error => inFile(part, error))]),
    refused: outcome.refused + errors.length,
    hasMore: outcome.hasMore || errors.length >= MAX_ERRORS,
  };
}

/** Whether errors are about the header: then every part has them. */
export function isAboutHeader(part: CsvPart, errors: LineError[]): boolean {
  return errors.some(error => (error.line ?? 0) <= part.headerLines);
}

/**
 * The lines whose login id stands in an earlier line. The API finds them within a part; a file in several parts must be
 * looked through as a whole.
 */
export function repeatedLoginIds(file: CsvFile, columns: Imported["columns"]): LineError[] {
  const column = columns.find(one => one.as === "login_id")?.name;
  if (!file.header || column === undefined) return [];
  const index = cellsOf(file, file.header).findIndex(name => name.trim() === column);
  if (index < 0) return [];

  const lines = new Map<string, number>();
  const errors: LineError[] = [];
  for (const record of file.records.filter(one => !one.isBlank)) {
    const loginId = cellsOf(file, record)[index]?.trim();
    if (!loginId) continue;
    const line = lines.get(loginId);
    if (line === undefined) lines.set(loginId, record.line);
    else errors.push(repeated(record.line, column, line));
  }
  return errors;
}

function repeated(line: number, column: string, earlier: number): LineError {
  return {
    line,
    column,
    detail: "",
    rule: "repeated_login_id",
    values: { line: earlier } as never,
  };
}
