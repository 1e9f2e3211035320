// The pure parts of templates: their drafts, files, places and media queries.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const draft = await load("src/state/template_draft.ts");
const { decodeHtml } = await load("src/state/html_file.ts");
const { changeBetween, offsetAt, wordEnd } = await load("src/editor/positions.ts");
const { mediaUnder } = await load("src/parts/mail_frame.ts");

const form = (name, sources) => ({ name, sources });
const source = (subject, html, text) => ({
  subject,
  html,
  ...(text === undefined ? {} : { text }),
});

test("a text that was made is no part of a form", () => {
  const variants = { en: { subject: "S\r\n", html: "a\r\nb", text: "made", textMade: true } };
  assert.deepEqual(draft.formOf({ name: "N", variants }), form("N", { en: source("S", "a\nb") }));
});

test("my changes go on top of theirs, part by part", () => {
  const base = form("N", { en: source("S", "H"), ja: source("J", "H") });
  const theirs = form("N", {
    en: source("Theirs", "Theirs"),
    ja: source("J", "H"),
    fr: source("F", "F"),
  });
  const mine = form("Mine", { en: source("S", "Mine", "Text"), de: source("D", "D") });
  assert.deepEqual(
    draft.mergedForm(base, theirs, mine),
    form("Mine", {
      en: source("Theirs", "Mine", "Text"),
      fr: source("F", "F"),
      de: source("D", "D"),
    }),
  );
});

test("what differs is named by language and part", () => {
  const found = draft.differing(
    form("A", { en: source("S", "1") }),
    form("B", { en: source("S", "2", "T") }),
  );
  assert.deepEqual(
    found.map(({ language, part }) => [language, part]),
    [
      [undefined, "name"],
      ["en", "html"],
      ["en", "text"],
    ],
  );
});

test("lines in which two texts begin and end are left out", () => {
  assert.deepEqual(draft.differingLines("a\nb\nc\nd", "a\nx\nd"), {
    theirs: "…\nb\nc\n…",
    mine: "…\nx\n…",
  });
  assert.deepEqual(draft.differingLines("", "x"), { theirs: "", mine: "x" });
});

test("a file is read as UTF-8, by its mark, or in the charset that it declares", () => {
  const japanese = [0x93, 0xfa, 0x96, 0x7b];
  const bytes = (head, tail) => new Uint8Array([...Buffer.from(head), ...tail]);
  assert.equal(decodeHtml(new Uint8Array(Buffer.from("\ufeff日本"))), "日本");
  assert.equal(decodeHtml(new Uint8Array([0xff, 0xfe, 0xe5, 0x65])), "日");
  assert.match(decodeHtml(bytes('<meta charset="Shift_JIS">', japanese)), /日本$/);
  const equiv = '<meta http-equiv="Content-Type" content="text/html; charset=shift_jis">';
  assert.match(decodeHtml(bytes(equiv, japanese)), /日本$/);
  assert.match(decodeHtml(bytes("<meta charset=nothing>", [0xe9])), /é$/);
});

test("a column counts characters, and a word ends behind its mark", () => {
  assert.equal(offsetAt("😀😀a", 3), 4);
  assert.equal(offsetAt("ab", 9), 2);
  assert.equal(wordEnd("x {{ nope }} y", 2), 12);
  assert.equal(wordEnd("<script src>", 0), 7);
  assert.equal(wordEnd("a", 1), 1);
});

test("one change makes a text of another", () => {
  const texts = ["", "a", "aa", "aba", "abcba", "xaby", "{{ a }}"];
  for (const before of texts) {
    for (const after of texts) {
      const change = changeBetween(before, after);
      const made = change
        ? before.slice(0, change.from) + change.insert + before.slice(change.to)
        : before;
      assert.equal(made, after, `${before} to ${after}`);
    }
  }
});

test("a media query answers for the chosen scheme", () => {
  const [yes, no] = ["(min-width: 0px)", "(max-width: -1px)"];
  assert.equal(mediaUnder("dark", "(prefers-color-scheme: dark)"), yes);
  assert.equal(mediaUnder("dark", "screen and ( PREFERS-color-scheme:light )"), `screen and ${no}`);
  assert.equal(mediaUnder("light", "(prefers-color-scheme)"), yes);
  assert.equal(mediaUnder("light", "(max-width: 480px)"), "(max-width: 480px)");
});
