/** The text of a file, whatever encoding it is in: as the API reads it. */

/** A rule that a file breaks as a whole. */
export interface FileError {
  line: number;
  rule: "not_csv" | "encoding" | "unclosed_quote";
  values?: Record<string, string>;
}

/** The encodings to choose from. UTF-8, and UTF-16 with a byte order mark, are found without being named. */
export const CHARSETS = ["shift_jis", "euc-jp", "windows-1252", "utf-16le"];

/** The first bytes of a workbook (ZIP), and of one of the versions of Excel before 2007. */
const SPREADSHEETS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];

const MARKS: [string, number[]][] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

const startsWith = (bytes: Uint8Array, begin: number[]) =>
  begin.every((byte, index) => bytes[index] === byte);

/** Decodes a file by its byte order mark, by the encoding that the operator chose, or as UTF-8. Its lines end in LF or CRLF. */
export function decodeFile(bytes: Uint8Array, charset?: string): string | FileError {
  if (SPREADSHEETS.some(begin => startsWith(bytes, begin))) return { line: 1, rule: "not_csv" };

  const marked = MARKS.find(([, mark]) => startsWith(bytes, mark))?.[0];
  const encoding = marked ?? charset ?? "utf-8";
  const text = decoded(bytes, encoding);
  if (text === undefined || text.includes("\uFFFD")) {
    return encodingError(encoding === "utf-8" ? probableCharset(bytes) : undefined);
  }
  if (encoding === "utf-8" && text.includes("\0")) return encodingError("utf-16le");
  return text.replace(/\r(?!\n)/g, "\n");
}

function encodingError(charset: string | undefined): FileError {
  return { line: 1, rule: "encoding", ...(charset ? { values: { charset } } : {}) };
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A Japanese encoding if all of the file decodes to Japanese, else that of Western Windows. */
function probableCharset(bytes: Uint8Array): string {
  const found = ["shift_jis", "euc-jp"].find(charset => {
    const text = decoded(bytes, charset);
    return text !== undefined && isMostlyJapanese(text);
  });
  return found ?? "windows-1252";
}

/** Half-width kana do not count: bytes of European texts decode to them. */
function isMostlyJapanese(text: string): boolean {
  const beyond = text.match(/[^\0-\x7f]/g)?.length ?? 0;
  const common = text.match(/[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]/g)?.length ?? 0;
  return 2 * common >= beyond;
}
