// Which parts of a mail are edited, and the language that an editor opens with.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [{ editedParts, editedPartsOf }, { presetLanguage }] = await loadTogether(
  "src/state/edited_parts.ts",
  "src/parts/first_language.ts",
);

const MADE = { subject: "S", html: "<p>" };
const WRITTEN = { ...MADE, text: "T" };

test("a part that differs is edited, and a text that is made from the HTML with it", () => {
  assert.deepEqual(editedParts(WRITTEN, { ...WRITTEN }), []);
  assert.deepEqual(editedParts(WRITTEN, { ...WRITTEN, subject: "!" }), ["subject"]);
  assert.deepEqual(editedParts(WRITTEN, { ...WRITTEN, text: "!" }), ["text"]);
  assert.deepEqual(editedParts(WRITTEN, { ...WRITTEN, html: "!" }), ["html"]);
  assert.deepEqual(editedParts(MADE, { ...MADE, html: "!" }), ["html", "text"]);
  assert.deepEqual(editedParts(MADE, { ...MADE, subject: "!" }), ["subject"]);
  assert.deepEqual(editedParts(MADE, WRITTEN), ["text"]);
});

test("a draft edits what differs from its template, and the HTML from which something is taken out", () => {
  const edit = { language: "en", ...WRITTEN };
  assert.deepEqual(editedPartsOf({}), []);
  assert.deepEqual(editedPartsOf({ edit, editBase: WRITTEN }), []);
  assert.deepEqual(editedPartsOf({ edit: { ...edit, text: "!" }, editBase: WRITTEN }), ["text"]);
  assert.deepEqual(editedPartsOf({ edit: { ...edit, clean: true }, editBase: WRITTEN }), ["html"]);
});

test("the language that is edited first is the operator's, or one near it, or the organisation's", () => {
  const wanted = ["en-GB", "en", "ja"];
  assert.equal(presetLanguage(["ja", "en", "en-GB"], wanted), "en-GB");
  assert.equal(presetLanguage(["ja", "en-US"], wanted), "en-US");
  assert.equal(presetLanguage(["de", "ja"], wanted), "ja");
  assert.equal(presetLanguage(["de", "fr"], wanted), "de");
  assert.equal(presetLanguage([], wanted), "");
});
