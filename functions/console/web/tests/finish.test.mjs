// The expected end of the sending: it is told of the present draft only.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const { finishText } = await load("src/screens/resend_dialog/finish.ts");

const BODY = { selection: { userIds: ["u1"] }, startAt: "2026-12-01T09:00", timeZone: "UTC" };
const START = {
  kind: "at",
  at: new Date("2026-12-01T09:00:00Z"),
  zone: "UTC",
  local: "2026-12-01T09:00",
};
const PREVIEW = {
  startAt: "2026-12-01T09:00:00Z",
  expectedFinish: "2026-12-01T09:02:00Z",
  counts: { eligible: 1 },
};

function textOf({ body = BODY, isBusy = false, eligible = 1 } = {}) {
  const preview = {
    answer: { value: { body: BODY, preview: { ...PREVIEW, counts: { eligible } } } },
    isBusy: { value: isBusy },
    error: { value: undefined },
  };
  return finishText({ preview, body, start: START }, "UTC");
}

test("the end is told with its distance from the start", () => {
  assert.match(
    textOf(),
    /^All mails are out at about .*1 Dec 2026, 09:02, UTC, 2 .*after the start/,
  );
});

test("the end of another draft is not told, nor one that is being asked for", () => {
  assert.equal(textOf({ body: { ...BODY, timeZone: "Asia/Tokyo" } }), "");
  assert.equal(textOf({ isBusy: true }), "");
  assert.equal(textOf({ eligible: 0 }), "");
});
