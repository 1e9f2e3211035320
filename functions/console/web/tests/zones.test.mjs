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

test("countries and cities are found in both languages, alone and together", async () => {
  for (const language of ["en", "ja"]) {
    await setLanguage(language);
    assert.ok(suggested("United States").slice(0, 8).includes("America/Chicago"));
    assert.ok(suggested("united states").slice(0, 8).includes("America/New_York"));
    assert.equal(entered("Germany"), "Europe/Berlin");
    assert.equal(entered("Tokyo, Japan"), "Asia/Tokyo");
    assert.equal(entered("United Kingdom"), "Europe/London");
    assert.equal(entered("America/New York"), "America/New_York");
    assert.equal(entered("Sao Paulo"), "America/Sao_Paulo");
    // Their zones have different clocks.
    assert.equal(entered("Australia"), undefined);
    assert.equal(entered("United States"), undefined);
  }

  const japanese = {
    アメリカ: "America/New_York",
    米国: "America/New_York",
    ドイツ: "Europe/Berlin",
    オーストラリア: "Australia/Sydney",
    インド: ["Asia/Calcutta", "Asia/Kolkata"],
    イギリス: "Europe/London",
    ブラジル: "America/Sao_Paulo",
  };
  for (const [text, zone] of Object.entries(japanese)) {
    const first = suggested(text).slice(0, 8);
    assert.ok(
      [zone].flat().some(one => first.includes(one)),
      `${text}: ${first}`,
    );
  }
  assert.equal(entered("シドニー"), "Australia/Sydney");
  assert.equal(entered("ドイツ"), "Europe/Berlin");
  assert.equal(entered("東京、日本"), "Asia/Tokyo");
});

test("cities that no zone is called after are found too, and those that the browser has no Japanese name for", async () => {
  for (const [text, zones] of Object.entries({
    Hanoi: ["Asia/Saigon", "Asia/Ho_Chi_Minh"],
    Beijing: ["Asia/Shanghai"],
    Geneva: ["Europe/Zurich"],
  }))
    assert.ok(zones.includes(entered(text)), text);
  await setLanguage("ja");
  for (const [text, zones] of Object.entries({
    ハノイ: ["Asia/Saigon", "Asia/Ho_Chi_Minh"],
    デンバー: ["America/Denver"],
    北京: ["Asia/Shanghai"],
    ストックホルム: ["Europe/Stockholm"],
  }))
    assert.ok(zones.includes(entered(text)), text);
});

test("every zone is found by each of its names, and by its own with blanks", () => {
  for (const { zone, names } of namedZones.value) {
    for (const text of [zone, zone.replaceAll("_", " "), ...names])
      assert.ok(suggested(text).includes(zone), `${zone} by ${text}`);
    assert.equal(entered(zone), zone);
  }
});

test("a browser that knows no countries still finds cities and clocks", async () => {
  const { getTimeZones } = Intl.Locale.prototype;
  const zones = Object.getOwnPropertyDescriptor(Intl.Locale.prototype, "timeZones");
  Intl.Locale.prototype.getTimeZones = undefined;
  Object.defineProperty(Intl.Locale.prototype, "timeZones", {
    value: undefined,
    configurable: true,
  });
  try {
    // Another language makes the names again.
    await setLanguage("ja");
    assert.deepEqual(suggested("ドイツ"), ["Europe/Berlin"]);
    assert.equal(entered("ニューヨーク"), "America/New_York");
  } finally {
    Intl.Locale.prototype.getTimeZones = getTimeZones;
    Object.defineProperty(Intl.Locale.prototype, "timeZones", zones);
  }
});

test("a zone is named in one form", async () => {
  const at = "2026-12-01T00:00:00Z";
  assert.equal(format.zoneText("Europe/London", at), "Europe/London (GMT)");
  assert.equal(format.zoneText("Asia/Tokyo", at), "Asia/Tokyo (GMT+9)");
  assert.equal(format.zoneText("UTC", at), "UTC");
  await setLanguage("ja");
  assert.equal(format.zoneText("Asia/Tokyo", at), "日本標準時（Asia/Tokyo）");
});
