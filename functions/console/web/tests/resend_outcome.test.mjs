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

test("the outcome says how many mails went, and how many users got none", () => {
  assert.equal(textOf({ sent: 2, delivered: 1 }), "3 mails sent");
  assert.equal(
    textOf({ delivered: 14, skipped: 20, failed: 2 }),
    "14 mails sent and 22 users got none",
  );
  assert.equal(
    textOf({ sent: 1, bounced: 2, unknown: 1, skipped: 1 }),
    "3 mails sent, 2 of them bounced, 1 in doubt and 1 user got none",
  );
});

const recipient = (state, reason) => ({ userId: "u", state, reason });

test("reasons are counted by state, the most frequent one first", () => {
  const recipients = [
    recipient("skipped", "logged_in"),
    recipient("skipped", "recently_invited"),
    recipient("skipped", "recently_invited"),
    recipient("failed", "rejected"),
  ];
  const reasons = outcome.countReasons(recipients, 4);
  assert.equal(
    outcome.reasonsText(reasons, "skipped"),
    "Invited recently (2) and Has logged in (1)",
  );
  assert.equal(outcome.reasonsText(reasons, "failed"), "Refused by the mail service (1)");
  assert.equal(outcome.reasonsText(reasons, "sent"), undefined);
});

test("of a part of the recipients only the names of the reasons are told", () => {
  const reasons = outcome.countReasons([recipient("skipped", "logged_in")], 300);
  assert.equal(outcome.reasonsText(reasons, "skipped"), "among others Has logged in");
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
