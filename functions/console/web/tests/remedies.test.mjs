// What an operator is told to do about a user who is left out: only what their roles allow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [
  { canResolveInDialog, canResolveInDirectory, remedyText },
  { validityHelp, validStarts },
  { me },
] = await loadTogether("src/parts/remedies.ts", "src/parts/validity.ts", "src/state/operator.ts");

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

const DAY = 86_400_000;
const NOW = new Date("2026-12-01T00:00:00Z");
const day = number => new Date(NOW.getTime() + number * DAY);

/** Users whose validity begins and ends some days from now, or is open. */
function* validities() {
  const days = [undefined, -3, -1, 0, 1, 2, 5];
  for (const from of days) {
    for (const until of days) {
      if (from !== undefined && until !== undefined && from >= until) continue;
      yield {
        ...(from === undefined ? {} : { validFrom: day(from).toISOString() }),
        ...(until === undefined ? {} : { validUntil: day(until).toISOString() }),
      };
    }
  }
}

/** Whether an account is valid, as the API decides it. */
const isValid = ({ validFrom, validUntil }, at) =>
  (!validFrom || new Date(validFrom) <= at) && (!validUntil || at < new Date(validUntil));

test("a start is offered if and only if all users are valid then", () => {
  const users = [...validities()];
  const starts = Array.from({ length: 25 }, (_, index) => day(index / 4));
  for (const first of users) {
    for (const second of users) {
      const found = validStarts([first, second], NOW);
      for (const at of starts) {
        const isOffered = Boolean(found && at >= found.from && !(at >= found.until));
        assert.equal(
          isOffered,
          isValid(first, at) && isValid(second, at),
          JSON.stringify([first, second, at]),
        );
      }
    }
  }
});

test("another start is said to help exactly those whose validity has not ended", () => {
  for (const user of validities()) {
    const hasEnded = user.validUntil !== undefined && new Date(user.validUntil) <= NOW;
    assert.equal(validityHelp([user], NOW), hasEnded ? "change" : "start", JSON.stringify(user));
  }
  const [ended, later] = [{ validUntil: day(-1) }, { validFrom: day(1) }];
  assert.equal(validityHelp([ended, later], NOW), "either");
  assert.equal(validityHelp([], NOW), "either");
});

test("users whose validity has ended are never told to choose a start, in any role", () => {
  const ended = { id: "u1", validUntil: "2020-01-01T00:00:00Z" };
  const later = { id: "u2", validFrom: "2999-01-01T00:00:00Z" };
  const words = (roles, user) => as(roles, () => remedyText("outside_validity", user));
  assert.match(words(manager, ended), /no start helps. Ask an owner/);
  assert.match(words(directory, ended), /no start helps. You can change/);
  assert.equal(canResolveInDialog("outside_validity", ended), false);

  assert.match(words(manager, later), /^Choose a start/);
  assert.equal(canResolveInDialog("outside_validity", later), true);
  assert.match(words(manager), /Where it has ended/);
});
