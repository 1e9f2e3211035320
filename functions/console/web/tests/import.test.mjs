// Files of an import: their encodings, and their parts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const { readCsv, splitCsv, lineInFile, cellsOf } = await load("src/screens/import/csv_parts.ts");
const { decodeFile } = await load("src/screens/import/decode.ts");
const { withAnswer, withErrors, repeatedLoginIds, NOTHING } = await load(
  "src/screens/import/outcome.ts",
);

const limits = (users, bytes = 1e6) => ({ whole: { users, bytes }, part: { users, bytes } });
const split = (text, ...most) => splitCsv(readCsv(text), limits(...most));

test("a file that one request takes stays as it is", () => {
  const text = "sep=;\r\nlogin_id;email\r\na;b\r\n";
  assert.deepEqual(
    split(text, 5).map(part => part.csv),
    [text],
  );
});

test("each part has the header, and the lines in the order of the file", () => {
  const parts = split("login_id,name\na,1\nb,2\n\nc,3", 2);
  assert.deepEqual(
    parts.map(part => part.csv),
    ["login_id,name\na,1\nb,2\n\n", "login_id,name\nc,3"],
  );
  assert.deepEqual(
    parts.map(part => part.users),
    [2, 1],
  );
});

test("a line break in quotes does not end a part", () => {
  const parts = split('login_id,name\na,"x\n""y"",\nz"\nb,2\n', 1);
  assert.deepEqual(
    parts.map(part => part.csv),
    ['login_id,name\na,"x\n""y"",\nz"\n', "login_id,name\nb,2\n"],
  );
  assert.equal(parts[1].firstLine, 5);
});

test("a quote within a cell opens nothing", () => {
  assert.equal(split('login_id,name\na,5" wide\nb,2\n', 1).length, 2);
});

test("a quote that is never closed is told with its line", () => {
  assert.deepEqual(readCsv('login_id,name\na,1\nb,"2\nc,3\n'), { line: 3, rule: "unclosed_quote" });
});

test("lines of parts are those of the whole file", () => {
  // Lines of several heights: quoted breaks, blank lines, a line before the header, a header of two lines.
  for (const head of ["login_id,name\n", "sep=,\nlogin_id,name\n", '\nlogin_id,"na\nme"\n']) {
    let text = head;
    const lineOf = new Map();
    for (let user = 0; user < 60; user++) {
      lineOf.set(`u${user}`, text.split("\n").length);
      text += user % 7 === 3 ? `u${user},"two\nlines"\n` : `u${user},one\n`;
      if (user % 5 === 1) text += ",\n";
    }
    for (const users of [1, 2, 7, 59]) {
      const found = new Map();
      for (const part of split(text, users)) {
        assert.ok(part.users <= users);
        part.csv.split("\n").forEach((line, index) => {
          const user = /^u\d+/.exec(line)?.[0];
          if (user) found.set(user, lineInFile(part, index + 1));
        });
      }
      assert.deepEqual(found, lineOf);
    }
  }
});

test("a part has at most so many bytes", () => {
  const text = `login_id,name\n${"a,山田🙂\n".repeat(100)}`;
  const parts = split(text, 1000, 200);
  assert.ok(parts.length > 1);
  for (const part of parts) assert.ok(Buffer.byteLength(part.csv) <= 200, part.csv);
});

test("a file of nothing but a header is sent as it is", () => {
  assert.equal(split("login_id", 5)[0].csv, "login_id");
  assert.equal(split("", 5)[0].csv, "");
});

test("cells are read without their quotes", () => {
  const file = readCsv('a;"b ""c""; d";;\r\n');
  assert.deepEqual(cellsOf(file, file.header), ["a", 'b "c"; d', "", ""]);
});

test("encodings are found by their mark, by name, or refused with the probable one", () => {
  const bytes = (...values) => Uint8Array.from(values);
  assert.equal(decodeFile(bytes(0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x62)), "a\nb");
  assert.equal(decodeFile(bytes(0xff, 0xfe, 0x71, 0x5c)), "山");
  assert.equal(decodeFile(bytes(0x8e, 0x52, 0x93, 0x63), "shift_jis"), "山田");

  const encoding = charset => ({ line: 1, rule: "encoding", values: { charset } });
  assert.deepEqual(decodeFile(bytes(0x61, 0x0a, 0x8e, 0x52, 0x93, 0x63)), encoding("shift_jis"));
  assert.deepEqual(decodeFile(bytes(0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72)), encoding("windows-1252"));
  assert.deepEqual(decodeFile(bytes(0x61, 0, 0x62, 0)), encoding("utf-16le"));
  assert.deepEqual(decodeFile(bytes(0x50, 0x4b, 3, 4, 9)), { line: 1, rule: "not_csv" });
});

test("answers to parts are put together with the lines of the file", () => {
  const parts = split("login_id,email\na,1\nb,2\nc,3\nd,4\n", 2);
  const answer = line => ({
    created: 1,
    updated: 0,
    unchanged: 0,
    columns: [{ name: "login_id", as: "login_id" }],
    skipped: [
      { line, column: "email", detail: "", rule: "repeated_login_id", values: { line: 2 } },
    ],
    skippedCount: 1,
    notices: [{ type: "login_id_from_email", detail: "", values: { column: "email" } }],
  });
  let outcome = NOTHING;
  for (const part of parts) outcome = withAnswer(outcome, part, answer(3));
  assert.deepEqual(
    outcome.errors.map(error => [error.line, error.values.line]),
    [
      [3, 2],
      [5, 4],
    ],
  );
  assert.deepEqual([outcome.created, outcome.skipped, outcome.notices.length], [2, 2, 1]);

  const many = Array.from({ length: 1000 }, () => ({ line: 2, detail: "", rule: "missing" }));
  const refused = withErrors(withErrors(NOTHING, parts[0], many), parts[1], many.slice(0, 5));
  assert.deepEqual([refused.errors.length, refused.refused, refused.hasMore], [1000, 1005, true]);
});

test("a login id that stands in two parts is found", () => {
  const file = readCsv('Login ID,name\na,1\n"b",2\nc,3\n b ,4\n');
  const errors = repeatedLoginIds(file, [{ name: "Login ID", as: "login_id" }]);
  assert.deepEqual(
    errors.map(error => [error.line, error.values.line]),
    [[5, 3]],
  );
});
