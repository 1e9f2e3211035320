// What an operator is told to do about a user who is left out: only what their roles allow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [{ canResolveInDirectory, remedyText }, { me }] = await loadTogether(
  "src/parts/remedies.ts",
  "src/state/operator.ts",
);

const never = { id: "u1" };
const loggedIn = { id: "u1", firstLoginAt: "2026-01-01T00:00:00Z" };

/** Calls as an operator with these roles. */
function as(roles, call) {
  me.value = { roles, organisation: { timeZone: "UTC" } };
  return call();
}

const owner = [{ role: "owner" }];
const manager = [{ role: "group_manager", group: "g1", access: "edit" }];
const directory = [...manager, { role: "directory_manager" }];

test("who may change a user is told so, and everybody else whom to ask", () => {
  for (const roles of [owner, directory]) {
    assert.match(
      as(roles, () => remedyText("not_active", never)),
      /You can change the status/,
    );
    assert.equal(
      as(roles, () => canResolveInDirectory("not_active")),
      true,
    );
  }
  assert.match(
    as(manager, () => remedyText("not_active", never)),
    /Ask an owner or a directory manager/,
  );
  assert.equal(
    as(manager, () => canResolveInDirectory("not_active")),
    false,
  );
});

test("an address is added on the screen until the first login, and in the directory afterwards", () => {
  const words = (roles, user) => as(roles, () => remedyText("no_email", user));
  assert.equal(words(manager, never), "Add an address below.");
  assert.equal(words(owner, never), "Add an address below.");
  assert.equal(words(directory, loggedIn), "You can add an address.");
  assert.match(words(manager, loggedIn), /^Ask an owner/);
});

test("a suppressed address is the owner's, and no change of the user helps", () => {
  const words = roles => as(roles, () => remedyText("suppressed", never));
  assert.match(words(owner), /Unblock it/);
  assert.match(words(directory), /Ask an owner/);
  assert.equal(
    as(owner, () => canResolveInDirectory("suppressed")),
    false,
  );
});
