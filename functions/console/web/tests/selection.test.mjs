// The selection: users that were ticked, or everybody whom a filter matches.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [
  { NOTHING, isSelected, selectedCount, selectionBody, tick, underFilter },
  { CRITERIA, filterKey, filterOf },
  selected,
] = await loadTogether("src/state/selection.ts", "src/state/filter.ts", "src/state/selected.ts");

const ada = { id: "u1", name: "Ada" };
const ben = { id: "u2", name: "Ben" };
const cai = { id: "u3", name: "Cai" };
const everybody = (filter, count = 138) => ({
  kind: "filter",
  filter,
  count,
  estimated: false,
  except: {},
});

test("users that are ticked are selected by id, and an unticked one is not any more", () => {
  const both = tick(NOTHING, [ada, ben], true);
  assert.equal(selectedCount(both), 2);
  assert.deepEqual(selectionBody(both), { userIds: ["u1", "u2"] });

  const one = tick(both, [ada], false);
  assert.ok(!isSelected(one, "u1"));
  assert.deepEqual(selectionBody(one), { userIds: ["u2"] });
});

test("a tick changes neither the selection before nor the empty one", () => {
  const both = tick(NOTHING, [ada, ben], true);
  tick(both, [ada], false);
  assert.equal(selectedCount(both), 2);
  assert.equal(selectedCount(NOTHING), 0);
});

test("a user who is unticked after all were selected is left out, and the others stay", () => {
  const all = everybody({ firstLogin: "never" });
  const less = tick(all, [ada, ben], false);
  assert.equal(selectedCount(less), 136);
  assert.ok(!isSelected(less, "u1"));
  assert.ok(isSelected(less, "u3"));
  assert.deepEqual(selectionBody(less), {
    filter: { firstLogin: "never" },
    except: ["u1", "u2"],
  });

  const again = tick(less, [ada], true);
  assert.deepEqual(selectionBody(again).except, ["u2"]);
});

test("any ticks and unticks leave the users whose last one was a tick", () => {
  const users = [ada, ben, cai];
  let state = 7;
  const random = below => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  for (const start of [NOTHING, everybody({ q: "a" }, 3)]) {
    let selection = start;
    const expected = new Map(users.map(user => [user.id, isSelected(start, user.id)]));
    for (let step = 0; step < 500; step += 1) {
      const user = users[random(users.length)];
      const isOn = random(2) === 1;
      selection = tick(selection, [user], isOn);
      expected.set(user.id, isOn);
      for (const [id, isIn] of expected) assert.equal(isSelected(selection, id), isIn);
      assert.equal(selectedCount(selection), [...expected.values()].filter(Boolean).length);
    }
  }
});

test("users that were ticked stay selected under another filter", () => {
  const chosen = tick(NOTHING, [ada], true);
  assert.equal(underFilter(chosen, { q: "ben" }), chosen);
});

test("a selection of everybody ends under each other filter, and only then", () => {
  const filter = { group: "g1", status: "active" };
  const all = everybody(filter);
  assert.equal(underFilter(all, { status: "active", group: "g1" }), all);
  for (const criterion of [...CRITERIA, "group"]) {
    assert.equal(underFilter(all, { ...filter, [criterion]: "other" }), NOTHING, criterion);
  }
  assert.equal(underFilter(all, { group: "g1" }), NOTHING);
});

test("everybody without a criterion is said to be everyone, and nobody else is", () => {
  assert.deepEqual(selectionBody(everybody({})), { filter: {}, everyone: true });
  assert.deepEqual(selectionBody(everybody({ group: "g1" })), { filter: { group: "g1" } });
  assert.deepEqual(selectionBody(everybody({ q: "a" })), { filter: { q: "a" } });
});

test("an address gives the filter, and passes over what is no criterion", () => {
  const query = new URLSearchParams(
    "q=a&status=active,suspended&next=c&dialog=resend&inviteCount=",
  );
  assert.deepEqual(filterOf(query, "g1"), { group: "g1", q: "a", status: "active,suspended" });
  assert.notEqual(filterKey({ q: "a" }), filterKey({ status: "a" }));
});

test("a selection that has ended can be taken back until another one is made", () => {
  const all = everybody({ q: "a" });
  selected.select(all);
  selected.endSelection();
  assert.equal(selectedCount(selected.selection.value), 0);
  assert.equal(selected.endedSelection.value, all);

  selected.select(tick(NOTHING, [ada], true));
  assert.equal(selected.endedSelection.value, undefined);
});
