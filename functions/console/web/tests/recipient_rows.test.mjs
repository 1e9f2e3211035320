// The lists of the resend dialog: what they show of the users that are loaded, and how they go on to the end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const { makeRows } = await load("src/screens/resend_dialog/row_pages.ts");

const BODY = { selection: { userIds: ["u0"] } };
const users = (count, passwordChange = "keep") =>
  Array.from({ length: count }, (_, index) => ({ userId: `u${index}`, passwordChange }));
const preview = (eligible, excluded = [], parts = {}) => ({ eligible, excluded, ...parts });

test("a list of a few users shows them all, and has no more", () => {
  const rows = makeRows("eligible");
  rows.show(preview(users(20)), BODY, "");
  assert.equal(rows.rows.value.length, 20);
  assert.equal(rows.hasMore.value, false);
});

test("before the first preview nobody knows whether a list is empty", async () => {
  const rows = makeRows("eligible", async () => preview([]));
  assert.equal(rows.isRead.value, false);
  rows.show(preview(users(2)), BODY, "");
  assert.equal(rows.isRead.value, true);

  // Nor before a search has an answer.
  rows.show(preview(users(2)), BODY, "nora");
  assert.equal(rows.isRead.value, false);
  await new Promise(resolve => rows.isRead.subscribe(isRead => isRead && resolve()));
  assert.deepEqual(rows.rows.value, []);
});

test("of many users the first twenty are shown, and the others page by page to the end", () => {
  const rows = makeRows("eligible");
  rows.show(preview(users(200)), BODY, "");
  assert.deepEqual(rows.rows.value, users(20));
  assert.equal(rows.hasMore.value, true);

  rows.more();
  assert.deepEqual(rows.rows.value, users(120));
  rows.more();
  assert.deepEqual(rows.rows.value, users(200));
  assert.equal(rows.hasMore.value, false);
});

test("after what is loaded the next page is read, also when one before it was empty", async () => {
  const pages = [
    { eligible: [], eligibleNext: "third" },
    { eligible: [{ userId: "last" }], eligibleNext: undefined },
  ];
  const asked = [];
  const rows = makeRows("eligible", async (_, { next }) => {
    asked.push(next);
    return pages[asked.length - 1];
  });
  rows.show(preview(users(20), [], { eligibleNext: "second" }), BODY, "");
  assert.equal(rows.hasMore.value, true);

  rows.more();
  while (rows.isBusy.value) await Promise.resolve();
  assert.deepEqual(asked, ["second", "third"]);
  assert.deepEqual(rows.rows.value.at(-1), { userId: "last" });
  assert.equal(rows.hasMore.value, false);
});

test("another password change leaves the users that are shown, and other users begin anew", () => {
  const rows = makeRows("eligible");
  rows.show(preview(users(200)), BODY, "");
  rows.more();
  const own = { ...BODY, passwordChangeByUser: { u0: "set_link" } };
  rows.show(preview(users(200, "set_link")), own, "");
  assert.deepEqual(rows.rows.value, users(120, "set_link"));

  rows.show(preview(users(200)), { selection: { userIds: ["u1"] } }, "");
  assert.equal(rows.rows.value.length, 20);
});

test("excluded users are all there, because their groups are closed", () => {
  const rows = makeRows("excluded");
  rows.show(preview([], users(200)), BODY, "");
  assert.equal(rows.rows.value.length, 200);
});
