// The figures of a resend, as the screen shows them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const figures = await load("src/screens/resend/figures.ts");

const NONE = {
  eligible: 0,
  excluded: 0,
  loggedInAfter: 0,
  pending: 0,
  sending: 0,
  unknown: 0,
  sent: 0,
  delivered: 0,
  bounced: 0,
  complained: 0,
  failed: 0,
  skipped: 0,
};

/** A resend whose eligible users are all its recipients. */
function resend(state, recipients, more = {}) {
  const eligible = Object.values(recipients).reduce((sum, count) => sum + count, 0);
  return { state, counts: { ...NONE, ...recipients, eligible }, ...more };
}

test("a recipient is finished once there is an outcome, and a mail in doubt has none", () => {
  const states = figures.RECIPIENT_STATES;
  const open = states.filter(
    state => figures.finishedCount(resend("sending", { [state]: 1 }).counts) === 0,
  );
  assert.deepEqual(open, ["pending", "sending", "unknown"]);

  const all = Object.fromEntries(states.map((state, index) => [state, 2 ** index]));
  const { counts } = resend("sending", all);
  const doubtful = counts.pending + counts.sending + counts.unknown;
  assert.equal(figures.finishedCount(counts), counts.eligible - doubtful);
});

test("the bar is never full with nothing sent", () => {
  assert.equal(figures.barValue(resend("cancelled", { skipped: 8 })), undefined);
  assert.equal(figures.barValue(resend("completed", { failed: 3, skipped: 1 })), undefined);
  assert.equal(figures.barValue(resend("failed", {})), undefined);
  assert.equal(figures.barValue(resend("preparing", {})), undefined);
});

test("the bar shows finished of eligible", () => {
  const shown = figures.barValue(
    resend("sending", { pending: 6, sent: 2, delivered: 1, failed: 1 }),
  );
  assert.deepEqual(shown, { value: 4, max: 10 });
  const left = figures.barValue(resend("completed", { unknown: 1, delivered: 9 }));
  assert.deepEqual(left, { value: 9, max: 10 });
});

test("in the end the bar shows whose mail has gone, not who has an outcome", () => {
  const shown = figures.barValue(resend("completed", { delivered: 9, bounced: 1, skipped: 26 }));
  assert.deepEqual(shown, { value: 10, max: 36 });
});

test("a resend starts from just before its start until its state has followed", () => {
  const now = Date.parse("2026-12-01T09:00:00Z");
  const starts = (startAt, state = "scheduled") => figures.isStarting({ state, startAt }, now);
  assert.equal(starts("2026-12-01T09:00:03Z"), true);
  assert.equal(starts("2026-12-01T08:59:30Z"), true);
  assert.equal(starts("2026-12-01T09:01:00Z"), false);
  // One that has not begun for longer waits for something else, and may be moved.
  assert.equal(starts("2026-12-01T08:50:00Z"), false);
  assert.equal(starts("2026-12-01T09:00:03Z", "sending"), false);
});

test("a pause holds nothing back once every mail is taken up", () => {
  const isLate = (state, recipients) => figures.isPausedInVain(resend(state, recipients));
  assert.equal(isLate("paused", { sending: 2, sent: 3 }), true);
  assert.equal(isLate("paused", { pending: 1, sent: 3 }), false);
  assert.equal(isLate("paused", { unknown: 1, sent: 3 }), false);
  assert.equal(isLate("sending", { sent: 3 }), false);
});

test("a cancelled resend is settled once nobody waits", () => {
  assert.equal(figures.isSettled(resend("cancelled", { pending: 1, sent: 1 })), false);
  assert.equal(figures.isSettled(resend("cancelled", { skipped: 1, sent: 1 })), true);
  assert.equal(figures.isSettled(resend("sending", { sent: 1 })), false);
  assert.equal(figures.isSettled(resend("paused", { sent: 1 })), false);
});

test("a resend is read again until it has ended, and then for news of the mails that have gone", () => {
  const now = Date.parse("2026-12-01T09:00:00Z");
  const pace = (state, recipients, startAt = "2026-12-01T08:00:00Z") =>
    figures.paceOf(resend(state, recipients, { startAt }), now);
  assert.equal(pace("scheduled", { pending: 2 }, "2026-12-01T09:00:02Z"), "starting");
  assert.equal(pace("scheduled", { pending: 2 }, "2026-12-02T09:00:00Z"), "moving");
  assert.equal(pace("paused", { sent: 1 }), "moving");
  assert.equal(pace("cancelled", { pending: 1, sent: 1 }), "moving");
  // A bounce, a complaint or a login may follow a delivery, too.
  assert.equal(pace("completed", { sent: 1 }), "awaitingNews");
  assert.equal(pace("completed", { delivered: 1 }), "awaitingNews");
  assert.equal(pace("completed", { unknown: 1 }), "awaitingNews");
  assert.equal(pace("cancelled", { skipped: 3 }), undefined);
  assert.equal(pace("failed", {}), undefined);
});

test("figures are behind if more recipients are in a state than they say", () => {
  const rows = (...states) => states.map(state => ({ state }));
  const { counts } = resend("completed", { sent: 13, delivered: 1 });
  assert.equal(figures.areBehind(counts, rows("delivered", "delivered")), true);
  assert.equal(figures.areBehind(counts, rows("bounced")), true);
  // A page has only some of the recipients, and only those whom the operator sees.
  assert.equal(figures.areBehind(counts, rows("sent", "delivered")), false);
  assert.equal(figures.areBehind(counts, []), false);
});

test("the rate is that of the last half minute", () => {
  let looks = [];
  for (let second = 0; second <= 100; second += 5) {
    const mailed = second <= 50 ? second * 10 : 500 + (second - 50) * 2;
    looks = figures.addLook(looks, { at: second * 1000, mailed });
  }
  assert.equal(figures.ratePerSecond(looks), 2);
  assert.ok(looks.length <= 8, `${looks.length} looks are kept`);
});

test("there is no rate before a second look, and none over less than a second", () => {
  assert.equal(figures.ratePerSecond([]), undefined);
  assert.equal(figures.ratePerSecond([{ at: 0, mailed: 5 }]), undefined);
  const close = [
    { at: 0, mailed: 5 },
    { at: 100, mailed: 50 },
  ];
  assert.equal(figures.ratePerSecond(close), undefined);
});

test("counts that fall begin the rate again", () => {
  const looks = figures.addLook([{ at: 0, mailed: 9 }], { at: 1000, mailed: 3 });
  assert.deepEqual(looks, [{ at: 1000, mailed: 3 }]);
});

test("the time that is left is the API's, else that of the rate", () => {
  const now = Date.parse("2026-12-01T00:00:00Z");
  const half = more => resend("sending", { pending: 50, sent: 50 }, more);
  const expected = half({ expectedFinish: "2026-12-01T00:01:30Z" });
  assert.equal(figures.secondsLeft(expected, 5, now), 90);
  assert.equal(figures.secondsLeft(half({ expectedFinish: "2026-11-30T23:00:00Z" }), 5, now), 10);
  assert.equal(figures.secondsLeft(half(), undefined, now), undefined);
  assert.equal(figures.secondsLeft(half(), 0, now), undefined);
});

test("there is no time left but while mails go", () => {
  const more = { expectedFinish: "2026-12-01T00:01:30Z" };
  const now = Date.parse("2026-12-01T00:00:00Z");
  for (const state of ["preparing", "scheduled", "paused", "completed", "cancelled", "failed"]) {
    const left = figures.secondsLeft(resend(state, { pending: 1 }, more), 1, now);
    assert.equal(left, undefined, state);
  }
  assert.equal(figures.secondsLeft(resend("sending", { sent: 1 }, more), 1, now), undefined);
});

test("milestones are the quarters of the way, not every number", () => {
  const told = new Set();
  for (let sent = 0; sent <= 1000; sent += 1) {
    told.add(figures.milestone(resend("sending", { sent, pending: 1000 - sent })).quarter);
  }
  assert.deepEqual([...told], [0, 1, 2, 3, 4]);
});

test("a retry offers the states that somebody is in", () => {
  const names = one => figures.retryChoices(one).map(choice => choice.state);
  assert.deepEqual(names(resend("completed", { delivered: 5 })), []);
  assert.deepEqual(names(resend("completed", { failed: 1, unknown: 2, delivered: 5 })), [
    "failed",
    "unknown",
  ]);
  assert.deepEqual(names(resend("cancelled", { skipped: 3 })), ["skipped", "cancelled"]);
});
