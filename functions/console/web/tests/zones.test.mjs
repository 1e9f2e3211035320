// The zones that a text suggests, by the names that the reader's language has for them.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [{ enteredZone, shownSuggestions, suggestZones }, { namedZones }, { setLanguage }, format] =
  await loadTogether(
    "src/state/zones.ts",
    "src/i18n/zone_names.ts",
    "src/i18n/messages.ts",
    "src/i18n/format.ts",
  );

afterEach(() => setLanguage("en"));

const suggested = text => suggestZones(text, namedZones.value).map(({ zone }) => zone);
const entered = text => enteredZone(text, namedZones.value);

test("the list follows what is typed", () => {
  assert.deepEqual(suggested("toky"), ["Asia/Tokyo"]);
  assert.deepEqual(suggested("japan"), ["Asia/Tokyo"]);
  assert.equal(suggested("new y")[0], "America/New_York");
  assert.equal(suggested("europe").length > 20, true);
  assert.equal(shownSuggestions("europe", namedZones.value).length, 8);
  assert.deepEqual(suggested(""), []);
  assert.deepEqual(shownSuggestions("Asia/Tokyo", namedZones.value), []);
});

test("names that begin with the text come before those that hold it", () => {
  const found = suggested("dam");
  assert.ok(found.includes("Asia/Damascus") && found.includes("Europe/Amsterdam"));
  assert.ok(found.indexOf("Asia/Damascus") < found.indexOf("Europe/Amsterdam"));
});

test("what is entered becomes the zone's own name, if it means one zone", () => {
  assert.equal(entered("europe/london"), "Europe/London");
  assert.equal(entered("tokyo"), "Asia/Tokyo");
  assert.equal(entered("toky"), "Asia/Tokyo");
  assert.equal(entered("new york"), "America/New_York");
  assert.equal(entered("europe/"), undefined);
  assert.equal(entered("Atlantis"), undefined);
});

test("Japanese names are found in Japanese", async () => {
  await setLanguage("ja");
  assert.deepEqual(suggested("東京"), ["Asia/Tokyo"]);
  assert.deepEqual(suggested("日本"), ["Asia/Tokyo"]);
  assert.equal(entered("ニューヨーク"), "America/New_York");
  assert.equal(entered("ロンドン"), "Europe/London");
});

test("a zone is named in one form", async () => {
  const at = "2026-12-01T00:00:00Z";
  assert.equal(format.zoneText("Europe/London", at), "Europe/London (GMT)");
  assert.equal(format.zoneText("Asia/Tokyo", at), "Asia/Tokyo (GMT+9)");
  assert.equal(format.zoneText("UTC", at), "UTC");
  await setLanguage("ja");
  assert.equal(format.zoneText("Asia/Tokyo", at), "Asia/Tokyo（日本標準時）");
});
