// Theirs and mine: what two people have changed of one thing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const { differences, mineOnTop } = await load("src/state/merge.ts");

test("the order of fields is no difference, that of a list is one", () => {
  assert.deepEqual(differences({ a: { x: 1, y: 2 }, b: 1 }, { b: 1, a: { y: 2, x: 1 } }), []);
  assert.deepEqual(differences({ a: [1, 2] }, { a: [2, 1] }), ["a"]);
  assert.deepEqual(differences({ a: undefined }, {}), []);
});

test("mine goes on top of theirs, and nothing else of theirs is lost", () => {
  const base = { name: "a", parent: "p", roles: [] };
  const theirs = { name: "a", parent: "q", roles: ["owner"] };
  assert.deepEqual(mineOnTop(base, theirs, { ...base, name: "b" }), { ...theirs, name: "b" });
  assert.deepEqual(mineOnTop(base, theirs, { name: "a", roles: [] }), {
    name: "a",
    roles: ["owner"],
  });
});
