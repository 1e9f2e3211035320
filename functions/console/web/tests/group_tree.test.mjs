// The group tree: the visible rows, and how keys move between them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [{ moveOf, pathOf, rowByName, visibleRows }] = await loadTogether(
  "src/screens/users/tree_rows.ts",
);

const group = (id, parentId, hasSubgroups) => ({
  id,
  name: id,
  ...(parentId ? { parentId } : {}),
  hasSubgroups,
  access: "edit",
  memberCount: 1,
});
const loaded = (groups, next) => ({ groups, next, state: "loaded" });
const LEVELS = {
  "": loaded([group("Sales", undefined, true), group("Support", undefined, true)]),
  Sales: loaded([group("Osaka", "Sales", false), group("Tokyo", "Sales", true)]),
  Tokyo: loaded([group("Team", "Tokyo", false)]),
};
const keys = rows => rows.map(row => row.key);
const rowsOf = (...expanded) => visibleRows(LEVELS, new Set(expanded)).rows;

test("a collapsed group hides its subgroups, also those that are expanded themselves", () => {
  assert.deepEqual(keys(rowsOf("Tokyo")), ["", "Sales", "Support"]);
  assert.deepEqual(keys(rowsOf("Sales")), ["", "Sales", "Osaka", "Tokyo", "Support"]);
  const all = rowsOf("Sales", "Tokyo");
  assert.deepEqual(keys(all), ["", "Sales", "Osaka", "Tokyo", "Team", "Support"]);
  assert.deepEqual(
    all.map(row => [row.level, row.position, row.size]),
    [
      [1, 1, 3],
      [1, 2, 3],
      [2, 1, 2],
      [2, 2, 2],
      [3, 1, 1],
      [1, 3, 3],
    ],
  );
});

test("only an expanded level that is visible is missing, and it shows that it is loaded", () => {
  assert.deepEqual(visibleRows({}, new Set()).missing, [""]);
  const { rows, missing } = visibleRows(LEVELS, new Set(["Support"]));
  assert.deepEqual(missing, ["Support"]);
  assert.equal(rows.at(-1).kind, "more");
  assert.deepEqual(visibleRows({ "": LEVELS[""] }, new Set(["Tokyo"])).missing, []);
});

test("a level that goes on ends with the way to its next page", () => {
  const levels = { "": loaded([group("Sales", undefined, false)], "cursor") };
  const { rows } = visibleRows(levels, new Set());
  assert.deepEqual(
    rows.map(row => row.kind),
    ["all", "group", "more"],
  );
});

test("a group without subgroups cannot be expanded", () => {
  const rows = rowsOf("Sales", "Osaka");
  const osaka = rows.find(row => row.key === "Osaka");
  assert.equal(osaka.expanded, undefined);
});

test("the path of a group leads from the top, and is unknown until each level is loaded", () => {
  assert.deepEqual(
    pathOf(LEVELS, "Team").map(one => one.id),
    ["Sales", "Tokyo", "Team"],
  );
  assert.equal(pathOf(LEVELS, "Nowhere"), undefined);
  assert.equal(pathOf({ "": LEVELS[""], Tokyo: LEVELS.Tokyo }, "Team"), undefined);
});

test("the arrows, Home and End move as in any tree", () => {
  const rows = rowsOf("Sales");
  const at = key => keys(rows).indexOf(key);
  assert.deepEqual(moveOf("ArrowDown", rows, 0), { focus: 1 });
  assert.equal(moveOf("ArrowUp", rows, 0), undefined);
  assert.equal(moveOf("ArrowDown", rows, rows.length - 1), undefined);
  assert.deepEqual(moveOf("Home", rows, 3), { focus: 0 });
  assert.deepEqual(moveOf("End", rows, 0), { focus: rows.length - 1 });

  assert.deepEqual(moveOf("ArrowRight", rows, at("Sales")), { focus: at("Osaka") });
  assert.deepEqual(moveOf("ArrowRight", rows, at("Tokyo")), { toggle: "Tokyo" });
  assert.equal(moveOf("ArrowRight", rows, at("Osaka")), undefined);
  assert.deepEqual(moveOf("ArrowLeft", rows, at("Osaka")), { focus: at("Sales") });
  assert.deepEqual(moveOf("ArrowLeft", rows, at("Sales")), { toggle: "Sales" });
  assert.equal(moveOf("ArrowLeft", rows, at("Support")), undefined);
  assert.equal(moveOf("x", rows, 0), undefined);
});

test("letters lead to the next row whose name begins with them, and around the end", () => {
  const rows = rowsOf("Sales");
  const nameOf = row => row.key;
  const at = key => keys(rows).indexOf(key);
  assert.equal(rowByName(rows, 0, "s", nameOf), at("Sales"));
  assert.equal(rowByName(rows, at("Sales"), "S", nameOf), at("Support"));
  assert.equal(rowByName(rows, at("Sales"), "sa", nameOf), at("Sales"));
  assert.equal(rowByName(rows, at("Support"), "s", nameOf), at("Sales"));
  assert.equal(rowByName(rows, 0, "ｔ", nameOf), at("Tokyo"));
  assert.equal(rowByName(rows, 0, "x", nameOf), undefined);
});
