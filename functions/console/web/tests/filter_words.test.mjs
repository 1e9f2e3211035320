// A filter and a selection in words, and the values that the controls make of them.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [
  { countWords, criteriaOf, criterionWords, selectionWords },
  { CRITERIA },
  { setLanguage },
  { countRange, periodOf, periodValue },
  { listWords },
] = await loadTogether(
  "src/state/filter_words.ts",
  "src/state/filter.ts",
  "src/i18n/messages.ts",
  "src/screens/users/refine_values.ts",
  "src/screens/users/list_words.ts",
);

afterEach(() => setLanguage("en"));

const everybody = (filter, parts = {}) => ({
  kind: "filter",
  filter,
  count: 138,
  estimated: false,
  except: {},
  ...parts,
});

test("each criterion is said in words", () => {
  const words = {
    "q ada": "contains “ada”",
    "status active": "status Active",
    "status active,suspended": "status Active or Suspended",
    "firstLogin never": "never logged in",
    "firstLogin 2026-01-01..2026-01-31": "first login from 1 Jan 2026 to 31 Jan 2026",
    "signedUp 2026-01-01..": "signed up from 1 Jan 2026",
    "lastInvited ..2026-01-31": "last invited until 31 Jan 2026",
    "lastInvited never": "never invited",
    "inviteCount 0": "never invited",
    "inviteCount 1": "invited once",
    "inviteCount 4": "invited 4 times",
    "inviteCount 1..3": "invited 1 to 3 times",
    "inviteCount 2..": "invited at least 2 times",
    "inviteCount ..3": "invited at most 3 times",
    "suppressed true": "address suppressed",
    "suppressed false": "address not suppressed",
  };
  for (const [criterion, expected] of Object.entries(words)) {
    const [name, value] = criterion.split(" ");
    assert.equal(criterionWords(name, value), expected);
  }
});

test("an instant is said in the organisation's zone, and a text that is no time as it is", () => {
  assert.match(
    criterionWords("signedUp", "2026-01-01T12:00:00Z.."),
    /^signed up from Thu,? 1 Jan 2026, 12:00, UTC$/,
  );
  assert.equal(criterionWords("signedUp", "soon.."), "signed up from soon");
  assert.equal(criterionWords("signedUp", "2026-99-99.."), "signed up from 2026-99-99");
  assert.equal(criterionWords("firstLogin", "sometimes"), "first login sometimes");
});

test("every criterion has words in every language, also for values that the API refuses", async () => {
  for (const language of ["en", "ja"]) {
    await setLanguage(language);
    for (const criterion of CRITERIA) {
      for (const value of ["x", "..", "1..x", "{a}", "2026-13-01..", "never", "active,,"]) {
        const words = criterionWords(criterion, value);
        assert.ok(words.length > 0 && !words.includes("filter.words"), `${criterion} ${value}`);
      }
    }
  }
});

test("the criteria come in one order, however the filter was made", () => {
  const order = filter => criteriaOf(filter).map(({ criterion }) => criterion);
  assert.deepEqual(order({ firstLogin: "never", q: "a" }), ["q", "firstLogin"]);
  assert.deepEqual(order({ group: "g1" }), []);
});

test("the selection is said in full words", () => {
  const chosen = count => ({
    kind: "users",
    users: Object.fromEntries(Array.from({ length: count }, (_, index) => [`u${index}`, "A"])),
  });
  assert.equal(selectionWords(chosen(1)), "1 user selected");
  assert.equal(selectionWords(chosen(12)), "12 users selected");
  assert.equal(selectionWords(everybody({})), "All 138 users");
  assert.equal(
    selectionWords(everybody({ group: "g1" }), "Sales / Tokyo"),
    "All 138 users in Sales / Tokyo",
  );

  const filter = { status: "active", firstLogin: "never" };
  assert.equal(
    selectionWords(everybody(filter, { except: { u1: "Ada", u2: "Ben" } })),
    "All 138 users with the status Active who never logged in, less 2 unticked: 136",
  );
  assert.equal(
    selectionWords(
      everybody({ ...filter, group: "g1" }, { count: 12_000, estimated: true }),
      "Sales",
    ),
    "All of about 12,000 users in Sales with the status Active who never logged in",
  );
});

test("the number of users says whether they match something, and how many are on the page", () => {
  const found = { count: 62, estimated: false };
  const about = { count: 12_000, estimated: true };
  assert.equal(listWords({ q: "a" }, found, 50), "62 users match, 50 on this page");
  assert.equal(listWords({ q: "a" }, { ...found, count: 1 }, undefined), "1 user matches");
  assert.equal(listWords({ group: "g1" }, found, undefined), "62 users");
  assert.equal(listWords({ q: "a" }, { ...found, count: 4 }, 4), "4 users match");
  assert.equal(listWords({}, about, 50), "about 12,000 users, 50 on this page");
  assert.equal(listWords({ q: "a" }, about, 50), "about 12,000 users match, 50 on this page");
  assert.equal(listWords({ q: "a" }, undefined, 50), "50 users on this page");
});

test("one user is not called several, and a number of times not either", () => {
  const one = filter => selectionWords(everybody(filter, { count: 1 }), "Sales");
  assert.equal(
    one({ group: "g1", firstLogin: "never" }),
    "The 1 user in Sales who never logged in",
  );
  assert.equal(criterionWords("inviteCount", "1.."), "invited at least 1 time");
  assert.equal(criterionWords("inviteCount", "..1"), "invited at most 1 time");
});

test("the Japanese selection says the same", async () => {
  await setLanguage("ja");
  const except = { u1: "Ada", u2: "Ben" };
  const filter = { group: "g1", status: "active", firstLogin: "never" };
  assert.equal(
    selectionWords(everybody(filter, { except }), "営業"),
    "「営業」の138名全員（条件：状態が有効、未ログイン）から2名を除いた136名",
  );
  assert.equal(selectionWords(everybody({}, { count: 1 })), "1名全員");
  assert.equal(countWords(12_000, true), "約12,000");
});

/** Some values of each criterion. */
const VALUES = {
  q: ["ada"],
  status: ["active", "active,suspended"],
  firstLogin: ["never", "2026-01-01..2026-01-31"],
  signedUp: ["2026-01-01.."],
  lastInvited: ["never", "..2026-01-31"],
  inviteCount: ["0", "1", "4", "1..3", "2..", "..1"],
  invitation: ["pending"],
  suppressed: ["true", "false"],
};

/** Every filter that has a value of some criteria, and none of the others. */
function* everyFilter(criteria = CRITERIA) {
  const [criterion, ...others] = criteria;
  if (!criterion) return yield {};
  for (const rest of everyFilter(others)) {
    yield rest;
    for (const value of VALUES[criterion]) yield { ...rest, [criterion]: value };
  }
}

const COUNTS = [{ count: 1 }, { count: 62 }, { count: 12_000, estimated: true }];

test("every combination of criteria is one sentence, in which each criterion stands once", () => {
  for (const filter of everyFilter()) {
    for (const [index, parts] of COUNTS.entries()) {
      const words = selectionWords(everybody(filter, parts), index === 1 ? "Sales" : undefined);
      assert.match(
        words,
        /^(The 1 user|All 62 users in Sales|All of about 12,000 users)( with .+)?( who .+)?$/,
      );
      assert.doesNotMatch(words, /[{}]| {2}|,,|\b(filter|selection)\.|undefined/);
      assert.ok((words.match(/ who /g) ?? []).length <= 1, words);
      assert.ok((words.match(/no invitation yet/g) ?? []).length <= 1, words);
    }
  }
});

test("every combination of criteria is in one pair of brackets in Japanese", async () => {
  await setLanguage("ja");
  for (const filter of everyFilter()) {
    for (const parts of COUNTS) {
      const words = selectionWords(everybody(filter, parts), "営業");
      assert.match(words, /^「営業」の約?[\d,]+名全員(（条件：[^（）]+）)?$/);
      assert.doesNotMatch(words, /[{}]|、、|\b(filter|selection)\.|undefined/);
    }
  }
});

test("a group's name is text, also if it looks like a place for a value", () => {
  const words = selectionWords(everybody({ group: "g1" }), "{number} $& <b>");
  assert.equal(words, "All 138 users in {number} $& <b>");
});

test("a period of the panel becomes a criterion, and back", () => {
  for (const value of [
    undefined,
    "never",
    "2026-01-01..2026-02-01",
    "2026-01-01..",
    "..2026-02-01",
  ]) {
    assert.equal(periodValue(periodOf(value)), value);
  }
  assert.equal(periodValue({ mode: "period", from: "", to: "" }), undefined);
});

test("a range of invitations becomes the criterion that the API reads", () => {
  const range = (from, to) => countRange({ from, to });
  assert.equal(range("", ""), undefined);
  assert.equal(range("2", ""), "2..");
  assert.equal(range("", "3"), "0..3");
  assert.equal(range("0", "0"), "0");
  assert.equal(range("3", "1"), "1..3");
  assert.equal(range("-1", "x"), undefined);
});
