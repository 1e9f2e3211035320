// The start of a resend: local times, the instants that they mean, and what is offered for those that mean none.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const start = await load("src/state/start.ts");
const { besideGap, checkStart, instantsOf, localTimeAt, offsetAt, startAtInstant } = start;
const { changedStart, isMovedDate, startBody, tomorrow, zoneOf } = start;

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone")];
const NOW = new Date("2026-11-29T12:00:00Z");
const NEW_YORK = "America/New_York";

const later = (date, time, zone, isSecond = false) => ({
  kind: "later",
  date,
  time,
  zone,
  isSecond,
});
const check = (...given) => checkStart(later(...given), NOW, ZONES);
const iso = instants => instants.map(instant => new Date(instant).toISOString());

test("a local time is one instant", () => {
  const found = check("2026-12-01", "09:00", "Asia/Tokyo");
  assert.equal(found.kind, "at");
  assert.equal(found.at.toISOString(), "2026-12-01T00:00:00.000Z");
  assert.equal(found.twice, undefined);
});

test("a skipped local time offers the nearest ones before and after it", () => {
  const found = check("2027-03-14", "02:30", NEW_YORK);
  assert.equal(found.kind, "skipped");
  assert.deepEqual(found.before, { date: "2027-03-14", time: "01:59" });
  assert.deepEqual(found.after, { date: "2027-03-14", time: "03:00" });
});

test("gaps of half an hour and of a whole day are found too", () => {
  assert.deepEqual(besideGap({ date: "2027-10-03", time: "02:15" }, "Australia/Lord_Howe"), {
    before: { date: "2027-10-03", time: "01:59" },
    after: { date: "2027-10-03", time: "02:30" },
  });
  assert.deepEqual(instantsOf({ date: "2011-12-30", time: "12:00" }, "Pacific/Apia"), []);
  assert.deepEqual(besideGap({ date: "2011-12-30", time: "12:00" }, "Pacific/Apia"), {
    before: { date: "2011-12-29", time: "23:59" },
    after: { date: "2011-12-31", time: "00:00" },
  });
});

test("of a local time that comes twice the first is taken, or the second if that is meant", () => {
  const first = check("2027-11-07", "01:30", NEW_YORK);
  assert.deepEqual(iso(first.twice), ["2027-11-07T05:30:00.000Z", "2027-11-07T06:30:00.000Z"]);
  assert.deepEqual(first.at, first.twice[0]);
  assert.deepEqual(check("2027-11-07", "01:30", NEW_YORK, true).at, first.twice[1]);

  assert.deepEqual(startBody(later("2027-11-07", "01:30", NEW_YORK), ZONES), {
    startAt: "2027-11-07T01:30",
    timeZone: NEW_YORK,
  });
  assert.deepEqual(startBody(later("2027-11-07", "01:30", NEW_YORK, true), ZONES), {
    startAt: "2027-11-07T06:30:00.000Z",
    timeZone: NEW_YORK,
  });
});

test("past, too late, incomplete and unknown starts are told apart", () => {
  assert.equal(check("2026-11-29", "11:59", "UTC").kind, "past");
  assert.equal(check("2026-11-29", "12:00", "UTC").kind, "at");
  assert.equal(check("2027-11-30", "12:00", "UTC").kind, "too_far");
  assert.equal(check("", "12:00", "UTC").kind, "incomplete");
  assert.equal(check("2026-12-01", "", "UTC").kind, "incomplete");
  assert.equal(check("0202-12-01", "09:00", "America/New_York").kind, "incomplete");
  assert.equal(check("2026-12-01", "09:00", "Atlantis").kind, "unknown_zone");
  assert.equal(check("2026-12-01", "09:00", "+09:00").kind, "unknown_zone");
  assert.equal(checkStart({ kind: "now" }, NOW, ZONES).kind, "now");
});

test("a zone is found in any case, by its city, and by a name that the list lacks", () => {
  assert.equal(zoneOf("asia/tokyo", ZONES), "Asia/Tokyo");
  assert.equal(zoneOf(" new york ", ZONES), NEW_YORK);
  assert.equal(zoneOf("utc", ZONES), "UTC");
  assert.equal(zoneOf("Asia/Kolkata", ["UTC"]), "Asia/Kolkata");
  assert.equal(zoneOf("", ZONES), undefined);
  assert.equal(zoneOf("/", ZONES), undefined);
});

test("every instant of a zone is found again from its local time", () => {
  const instant = Date.parse("2027-01-01T00:00Z");
  for (const zone of [
    NEW_YORK,
    "Europe/London",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
  ]) {
    for (let hour = 0; hour < 24 * 370; hour += 5) {
      const at = instant + hour * 3_600_000;
      const local = localTimeAt(at, zone);
      assert.ok(instantsOf(local, zone).includes(at), `${zone} ${local.date} ${local.time}`);
      assert.ok(offsetAt(at, zone) % 60_000 === 0);
    }
  }
});

test("the first offer is tomorrow at nine, and an instant becomes the next full minute", () => {
  assert.deepEqual(tomorrow(new Date("2026-12-31T20:00:00Z"), "Asia/Tokyo"), {
    ...later("2027-01-02", "09:00", "Asia/Tokyo"),
    isOfferedDate: true,
  });
  assert.deepEqual(
    startAtInstant(new Date("2026-12-01T00:00:01Z"), "Asia/Tokyo"),
    later("2026-12-01", "09:01", "Asia/Tokyo"),
  );
  assert.deepEqual(
    startAtInstant(new Date("2027-11-07T06:30:00Z"), NEW_YORK),
    later("2027-11-07", "01:30", NEW_YORK, true),
  );
});

/** Instants around the midnights of zones, and around the days on which their clocks are set. */
function* instantsToTry() {
  for (const day of ["2026-12-31", "2027-03-14", "2027-03-28", "2027-10-03", "2027-11-07"]) {
    const noon = Date.parse(`${day}T12:00Z`);
    for (let minutes = -36 * 60; minutes <= 36 * 60; minutes += 29)
      yield new Date(noon + minutes * 60_000);
  }
}

const PLACES = [NEW_YORK, "Asia/Tokyo", "Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago"];

/** The number of midnights between an instant and a date on a zone's clocks. */
const daysUntil = (date, now, zone) =>
  (Date.parse(date) - Date.parse(localTimeAt(now.getTime(), zone).date)) / 86_400_000;

test("a date that was offered is tomorrow in whichever zone is chosen", () => {
  for (const now of instantsToTry()) {
    for (const from of PLACES) {
      for (const zone of PLACES) {
        const moved = changedStart(tomorrow(now, from), { zone }, now, ZONES);
        assert.equal(daysUntil(moved.date, now, zone), 1, `${now.toISOString()} ${from} ${zone}`);
        assert.equal(moved.time, "09:00");
      }
    }
  }
});

test("a date that was offered has moved if it is another day in the zone that is chosen", () => {
  const now = new Date("2026-12-31T20:00:00Z");
  const offered = tomorrow(now, "Asia/Tokyo");
  const inZone = (begun, zone) => changedStart(begun, { zone }, now, ZONES);
  assert.equal(isMovedDate(offered, now, "Asia/Tokyo"), false);
  assert.equal(isMovedDate(inZone(offered, NEW_YORK), now, "Asia/Tokyo"), true);
  assert.equal(isMovedDate(inZone(offered, "Asia/Seoul"), now, "Asia/Tokyo"), false);

  const entered = changedStart(offered, { date: "2027-01-05" }, now, ZONES);
  assert.equal(isMovedDate(inZone(entered, NEW_YORK), now, "Asia/Tokyo"), false);
});

test("a date that the operator has entered stays in another zone, and so does that of an unknown zone", () => {
  const now = new Date("2026-12-31T20:00:00Z");
  const offered = tomorrow(now, "Asia/Tokyo");
  const entered = changedStart(offered, { date: "2027-01-02" }, now, ZONES);
  assert.equal(changedStart(entered, { zone: NEW_YORK }, now, ZONES).date, "2027-01-02");

  const typing = changedStart(offered, { zone: "new y" }, now, ZONES);
  assert.equal(typing.date, "2027-01-02");
  assert.equal(changedStart(typing, { zone: "new york" }, now, ZONES).date, "2027-01-01");

  const timed = changedStart(offered, { time: "10:30" }, now, ZONES);
  assert.equal(changedStart(timed, { zone: NEW_YORK }, now, ZONES).date, "2027-01-01");
});
