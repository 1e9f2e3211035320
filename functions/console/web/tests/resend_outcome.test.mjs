// What became of a resend, and what would become of it at another start, in words and numbers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const outcome = await load("src/screens/resend/outcome.ts");
const reach = await load("src/screens/resend/reach.ts");

const NONE = {
  sent: 0,
  delivered: 0,
  bounced: 0,
  complained: 0,
  failed: 0,
  skipped: 0,
  unknown: 0,
};
const textOf = counts => outcome.outcomeText({ ...NONE, ...counts });

test("the outcome says how many mails went, and how many recipients failed or were skipped", () => {
  assert.equal(textOf({ sent: 2, delivered: 1 }), "3 mails sent");
  assert.equal(
    textOf({ delivered: 14, skipped: 20, failed: 2 }),
    "14 mails sent, 2 failed and 20 recipients skipped",
  );
  assert.equal(
    textOf({ sent: 1, bounced: 2, unknown: 1, skipped: 1 }),
    "3 mails sent, 2 of them bounced, 1 in doubt and 1 recipient skipped",
  );
});

test("the number of recipients in a state is that of the rows, or else of the figures", () => {
  const counts = { ...NONE, eligible: 17, sent: 3, delivered: 14 };
  assert.equal(
    outcome.inStateText("sent", counts, 0),
    "Sent, not confirmed yet: 0 recipients are in this state now.",
  );
  assert.equal(
    outcome.inStateText("delivered", counts, undefined),
    "Delivered: 14 recipients are in this state now.",
  );
  assert.equal(outcome.inStateText(undefined, counts, undefined), "All states: 17 recipients.");
});

const because = (...reasons) => reasons.map(reason => ({ userId: "u", reason }));

test("reasons are counted, the most frequent one first", () => {
  const users = because("logged_in", "recently_invited", "recently_invited", undefined);
  assert.equal(
    outcome.reasonsText(outcome.countReasons(users, 4)),
    "Invited recently (2) and Has logged in (1)",
  );
  assert.equal(outcome.countReasons(because(undefined), 1), undefined);
});

test("of a part of the users only the names of the reasons are told", () => {
  const reasons = outcome.countReasons(because("logged_in"), 300);
  assert.equal(outcome.reasonsText(reasons), "among others Has logged in");
});

test("who was skipped, and who was left out before, are two lines with their own reasons", () => {
  const counts = { ...NONE, delivered: 13, skipped: 2, excluded: 3 };
  const reasons = {
    skipped: outcome.countReasons(because("recently_invited", "logged_in"), 2),
    excluded: outcome.countReasons(because("not_active", "not_active", "no_email"), 3),
  };
  assert.deepEqual(outcome.unmailedTexts({ counts }, reasons), [
    "2 recipients were skipped: Invited recently (1) and Has logged in (1)",
    "3 users were left out before sending: Status is not Active (2) and No e-mail address (1)",
  ]);
  // An operator may not see them.
  assert.deepEqual(outcome.unmailedTexts({ counts: { ...NONE, excluded: 1 } }, {}), [
    "1 user was left out before sending",
  ]);
});

const preview = (byReason, excluded = []) => ({ counts: { byReason }, excluded });

test("a start reaches everybody but those who are left out then", () => {
  const found = reach.reachOf(
    36,
    36,
    preview({ no_email: 1, recently_invited: 21, suppressed: 0 }),
  );
  assert.equal(found.reached, 14);
  assert.deepEqual(found.reasons, [
    ["recently_invited", 21],
    ["no_email", 1],
  ]);
  assert.equal(found.allFrom, undefined);
});

test("recipients whom the operator does not see count as reached, and are told", () => {
  const found = reach.reachOf(36, 30, preview({ recently_invited: 1 }));
  assert.equal(found.reached, 35);
  assert.equal(found.unseen, 6);
});

test("if cooldowns are the only reasons, the end of the last one is told", () => {
  const ends = ["2026-12-01T09:05:00Z", "2026-12-01T09:08:00Z"].map(until => ({ until }));
  assert.equal(
    reach.reachOf(3, 3, preview({ recently_invited: 2 }, ends)).allFrom,
    "2026-12-01T09:08:00Z",
  );
  const more = preview({ recently_invited: 2, no_email: 1 }, [...ends, {}]);
  assert.equal(reach.reachOf(3, 3, more).allFrom, undefined);
});

test("a template that cannot be rendered without the changes for this resend is no reason", () => {
  const found = reach.reachOf(3, 3, preview({ not_renderable: 2 }));
  assert.equal(found.reached, 3);
  assert.deepEqual(found.reasons, []);
});

test("a resend that is prepared, or very large, cannot be asked about", () => {
  const isCheckable = (state, eligible) => reach.isCheckable({ state, counts: { eligible } });
  assert.equal(isCheckable("scheduled", reach.MAX_CHECKED), true);
  assert.equal(isCheckable("scheduled", reach.MAX_CHECKED + 1), false);
  assert.equal(isCheckable("preparing", 3), false);
});
