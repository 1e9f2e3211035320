// A time never stands without its zone: one function writes it with the zone, and the short form is for what `TimesIn` comes before.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadTogether } from "./support/load.mjs";

const SOURCE = fileURLToPath(new URL("../src", import.meta.url));
const [format, { setLanguage }, { spokenStart }] = await loadTogether(
  "src/i18n/format.ts",
  "src/i18n/messages.ts",
  "src/parts/start_texts.ts",
);

afterEach(() => setLanguage("en"));

const AT = "2026-12-01T00:00:00Z";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Every source, by its path in `src`. */
async function sources() {
  const names = await readdir(SOURCE, { recursive: true });
  const paths = names.filter(name => /\.tsx?$/.test(name));
  const read = async path => [path, await readFile(join(SOURCE, path), "utf8")];
  return new Map(await Promise.all(paths.map(read)));
}

/** Tables whose rows are in a file of their own, with the file that has the table and the zone before it. */
const ROWS_OF = {
  "screens/users/user_row.tsx": ["screens/users/user_list.tsx", "<UserTable"],
  "screens/audit/details.tsx": ["screens/audit.tsx", "<table"],
};

test("a time without a zone is written only where the zone was named before", async () => {
  const files = await sources();
  const short = /formatInTable\(|<Moment[^>]* short/;
  const users = [...files].filter(
    ([path, text]) => short.test(text) && !["i18n/format.ts", "parts/moment.tsx"].includes(path),
  );
  assert.ok(users.length >= 6);
  for (const [path] of users) {
    const [place, table] = ROWS_OF[path] ?? [path, /<table|<Picture|<RecipientTable/];
    const text = files.get(place);
    const zone = text.indexOf("<TimesIn");
    const begins = text.search(table);
    assert.ok(zone >= 0 && begins >= 0 && zone < begins, `${path} has times before their zone`);
  }
});

test("clock times are written in one module", async () => {
  const writers = [...(await sources())]
    .filter(([, text]) => /DateTimeFormat\(|toLocale(Date|Time)?String\(/.test(text))
    .map(([path]) => path);
  // The others read what a zone's clocks show, and its names.
  assert.deepEqual(writers.sort(), [
    "i18n/format.ts",
    "i18n/zone_names.ts",
    "screens/people/user_form_model.ts",
    "state/start.ts",
  ]);
});

test("no text puts a time or a zone into brackets, since a zone has brackets of its own", async () => {
  for (const language of ["en", "ja"]) {
    const texts = JSON.parse(await readFile(join(SOURCE, "i18n", `${language}.json`), "utf8"));
    for (const [key, text] of Object.entries(texts))
      assert.doesNotMatch(text, /[(（][^)）]*\{(at|zone|start)\}/, `${language} ${key}`);
  }
});

test("a time names its zone in every language", async () => {
  assert.match(
    format.formatZoned(AT, "Asia/Tokyo"),
    /^Tue,? 1 Dec 2026, 09:00, Asia\/Tokyo \(GMT\+9\)$/,
  );
  assert.match(
    format.formatWithoutYear(AT, "Asia/Tokyo"),
    /^Tue,? 1 Dec, 09:00, Asia\/Tokyo \(GMT\+9\)$/,
  );
  assert.match(format.formatZoned(AT, "UTC"), /^Tue,? 1 Dec 2026, 00:00, UTC$/);

  await setLanguage("ja");
  const time = "09:00 日本標準時（Asia/Tokyo）";
  assert.equal(format.formatZoned(AT, "Asia/Tokyo"), `2026年12月1日(火) ${time}`);
  assert.equal(format.formatWithoutYear(AT, "Asia/Tokyo"), `12月1日(火) ${time}`);
});

test("a table's zone is named for the whole year", () => {
  assert.equal(format.zoneAllYear("America/New_York"), "America/New_York (Eastern Time)");
  assert.equal(format.zoneAllYear("UTC"), "UTC");
});

test("the reader's own time stands beside one of other clocks, and only there", () => {
  const own = format.ownZone();
  assert.equal(format.ownTime(AT, own), undefined);
  const other = own === "Asia/Tokyo" ? "UTC" : "Asia/Tokyo";
  assert.equal(format.ownTime(AT, other), `For you that is ${format.formatZoned(AT, own)}.`);
});

test("a start is spoken with its zone and without how far it is", () => {
  const zone = "Asia/Tokyo";
  const spoken = spokenStart({ kind: "at", at: new Date(AT), zone, local: "2026-12-01T09:00" });
  assert.ok(spoken.startsWith(format.formatZoned(AT, zone)));
  assert.doesNotMatch(spoken, /\bin \d/);
  assert.equal(spokenStart({ kind: "now" }), "");
  assert.match(spokenStart({ kind: "unknown_zone" }), /^No time zone/);
});

test("a distance is in hours under two days, and in days from there on", () => {
  const now = new Date("2026-11-30T05:00:00Z");
  const said = milliseconds => format.formatRelative(new Date(now.getTime() + milliseconds), now);
  assert.equal(said(28 * HOUR), "in 28 hours");
  assert.equal(said(47 * HOUR), "in 47 hours");
  assert.equal(said(2 * DAY), "in 2 days");
  assert.equal(said(7 * DAY), "in 7 days");
  assert.equal(said(90 * MINUTE), "in 2 hours");
  assert.equal(said(59.6 * MINUTE), "in 1 hour");
  assert.equal(said(0), "just now");
  assert.equal(said(-5000), "just now");
  assert.equal(said(5000), "in 5 seconds");
  assert.equal(said(-28 * HOUR), "28 hours ago");
});

test("a distance is never wrong by more than half of its unit, wherever clocks are set or days end", () => {
  const lengths = { second: 1000, minute: MINUTE, hour: HOUR, day: DAY };
  for (const begin of ["2026-12-31T23:30:00Z", "2027-03-28T00:30:00Z", "2027-10-31T00:30:00Z"]) {
    const now = new Date(begin);
    for (let minutes = 1; minutes < 9 * 24 * 60; minutes += 7) {
      const text = format.formatRelative(new Date(now.getTime() + minutes * MINUTE), now);
      const [, count, unit] = /^in (\d+) (second|minute|hour|day)s?$/.exec(text);
      const error = Math.abs(Number(count) * lengths[unit] - minutes * MINUTE);
      assert.ok(error <= lengths[unit] / 2, `${minutes} minutes: ${text}`);
      assert.equal(unit === "day", minutes * MINUTE >= 47.5 * HOUR, text);
    }
  }
});

test("from 60 days on a distance is in months, then in years", async () => {
  const now = new Date(AT);
  const said = days => format.formatRelative(new Date(now.getTime() + days * DAY), now);
  assert.equal(said(-59), "59 days ago");
  assert.equal(said(-60), "about 2 months ago");
  assert.equal(said(366), "in about 1 year");
  assert.equal(said(-594), "about 1 year 8 months ago");
  assert.equal(said(1949), "in about 5 years");
  await setLanguage("ja");
  assert.equal(said(-594), "約1年8か月前");
  assert.equal(said(1949), "約5年後");

  await setLanguage("en");
  const lengths = { month: 365.2425 / 12, year: 365.2425 };
  for (let days = 60; days < 5000; days += 1) {
    for (const text of [said(days), said(-days)]) {
      assert.match(text, days > 0 && text.endsWith("ago") ? /^about .* ago$/ : /^in about /);
      const parts = [...text.matchAll(/(\d+) (month|year)s?/g)];
      const sum = parts.reduce((all, [, count, unit]) => all + Number(count) * lengths[unit], 0);
      const finest = days < 23.5 * lengths.month ? "month" : "year";
      assert.ok(Math.abs(sum - days) <= lengths[finest] / 2, `${days} days: ${text}`);
    }
  }
});

test("now is said as a moment", async () => {
  const now = new Date(AT);
  await setLanguage("ja");
  assert.equal(format.formatRelative(AT, now), "たった今");
  assert.equal(format.formatRelative("2026-12-02T04:00:00Z", now), "28時間後");
});
