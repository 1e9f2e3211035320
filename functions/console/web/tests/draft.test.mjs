// The draft of a resend, and the attempt that makes it once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const { ask, isChangedSince, isSafeToRepeat, openAttempt, refused } =
  await load("src/state/attempt.ts");
const { createRequest, editOf, newDraft, noteOf, previewBody, sourceKey } =
  await load("src/state/draft.ts");

const ZONES = ["UTC", "Asia/Tokyo"];
const DEFAULTS = {
  defaultTemplateId: "invitation",
  passwordChange: "keep",
  earlierLinks: "end",
  notes: true,
};
const FILTER = {
  kind: "selection",
  selection: {
    kind: "filter",
    filter: { status: "active" },
    count: 138,
    estimated: false,
    except: { u9: "Nine" },
  },
};
const ONE = { kind: "user", user: { id: "u1" } };
const NOW = new Date("2026-12-01T00:00:00Z");
const hours = count => new Date(NOW.getTime() + count * 3_600_000);

const request = (draft, source = FILTER) => createRequest(draft, source, DEFAULTS, ZONES);
const preview = (draft, source = FILTER) => previewBody(draft, source, DEFAULTS, ZONES);

test("the preview and the creation have the same body", () => {
  const draft = {
    ...newDraft(FILTER, "k"),
    note: "See you",
    leavesOut: true,
    start: { kind: "later", date: "2026-12-02", time: "09:00", zone: "tokyo", isSecond: false },
    edit: { language: "en", subject: "S", html: "<p>" },
    passwordChange: "set_link",
    passwordChangeByUser: { u2: "keep" },
  };

  assert.deepEqual(preview(draft), request(draft).body);
  assert.deepEqual(preview(draft), {
    selection: { filter: { status: "active" }, except: ["u9"] },
    templateId: "invitation",
    edit: { language: "en", subject: "S", html: "<p>" },
    startAt: "2026-12-02T09:00",
    timeZone: "Asia/Tokyo",
    passwordChange: "set_link",
    passwordChangeByUser: { u2: "keep" },
    changeForLoggedIn: false,
    earlierLinks: "end",
    note: "See you",
    leaveOut: ["not_renderable"],
  });
});

test("an edit that equals the template again is none, and is not sent", () => {
  const editBase = { subject: "S", html: "<p>" };
  const draft = { ...newDraft(FILTER, "k"), edit: { language: "en", ...editBase }, editBase };
  assert.equal(editOf(draft), undefined);
  assert.equal("edit" in request(draft).body, false);
  assert.equal("edit" in preview(draft), false);

  for (const change of [{ subject: "T" }, { html: "<b>" }, { text: "" }, { clean: true }]) {
    const changed = { ...draft, edit: { ...draft.edit, ...change } };
    assert.deepEqual(request(changed).body.edit, { language: "en", ...editBase, ...change });
  }
});

test("the settings' choices are named, so that settings which change meanwhile change nothing", () => {
  const { body } = request(newDraft(FILTER, "k"));

  assert.equal(body.templateId, "invitation");
  assert.equal(body.passwordChange, "keep");
  assert.equal(body.earlierLinks, "end");
  assert.equal("startAt" in body, false);
});

test("one user has no selection, and may have the cooldown waived", () => {
  const draft = newDraft(ONE, "k");
  assert.equal("selection" in request(draft, ONE).body, false);
  assert.equal("ignoreCooldown" in request(draft, ONE).body, false);

  const waived = newDraft({ ...ONE, ignoreCooldown: true }, "k");
  assert.equal(request(waived, ONE).user, "u1");
  assert.equal(request(waived, ONE).body.ignoreCooldown, true);
  assert.deepEqual(preview(waived, ONE).selection, { userIds: ["u1"] });
  assert.equal("ignoreCooldown" in preview(waived, ONE), false);
});

test("everybody is named as such", () => {
  const everybody = {
    kind: "selection",
    selection: { kind: "filter", filter: {}, count: 258, estimated: false, except: {} },
  };
  assert.deepEqual(preview(newDraft(everybody, "k"), everybody).selection, {
    filter: {},
    everyone: true,
  });
});

test("blanks are no note, and no note is sent where notes are off", () => {
  const draft = newDraft(FILTER, "k");
  assert.equal(noteOf({ ...draft, note: " \n" }, DEFAULTS), undefined);
  assert.equal(noteOf({ ...draft, note: "Hi" }, { ...DEFAULTS, notes: false }), undefined);
  assert.equal(noteOf({ ...draft, note: "Hi" }, DEFAULTS), "Hi");
});

test("a draft belongs to its users, in whatever order they were chosen", () => {
  const users = ids => ({
    kind: "selection",
    selection: { kind: "users", users: Object.fromEntries(ids.map(id => [id, id])) },
  });
  const except = ids => ({
    kind: "selection",
    selection: { ...FILTER.selection, except: Object.fromEntries(ids.map(id => [id, id])) },
  });

  assert.equal(sourceKey(users(["a", "b"])), sourceKey(users(["b", "a"])));
  assert.notEqual(sourceKey(users(["a"])), sourceKey(users(["b"])));
  assert.notEqual(sourceKey(users(["u1"])), sourceKey(ONE));
  assert.notEqual(sourceKey(except(["a"])), sourceKey(except([])));
  assert.equal(
    sourceKey(FILTER),
    sourceKey({ ...FILTER, selection: { ...FILTER.selection, count: 7 } }),
  );
});

test("a request without an answer is repeated with its own key and body, however the draft has changed", () => {
  const first = ask(openAttempt("k"), { body: 1 }, NOW);
  const again = ask(first, { body: 2 }, hours(1));

  assert.deepEqual(again, first);
  assert.deepEqual([again.key, again.request], ["k", { body: 1 }]);
  assert.equal(isChangedSince(first, { body: 2 }), true);
  assert.equal(isChangedSince(first, { body: 1 }), false);
});

test("a refused request leaves its key to another body", () => {
  const first = ask(openAttempt("k"), { body: 1 }, NOW);
  const second = ask(refused(first, "invalid"), { body: 2 }, NOW);

  assert.deepEqual([second.key, second.request], ["k", { body: 2 }]);
});

test("a key that was used with another body is never sent again", () => {
  const first = ask(openAttempt("k"), { body: 1 }, NOW);
  const taken = refused(first, "idempotency-key-reused");

  assert.equal(taken.kind, "taken");
  assert.equal(ask(taken, { body: 1 }, NOW), undefined);
  assert.deepEqual(refused(taken, "invalid"), taken);
});

test("a request is not repeated when the API may have forgotten its key", () => {
  const first = ask(openAttempt("k"), { body: 1 }, NOW);

  assert.equal(isSafeToRepeat(first, hours(22)), true);
  assert.equal(isSafeToRepeat(first, hours(23)), false);
  assert.equal(ask(first, { body: 1 }, hours(23)), undefined);
  // A repeated try does not move the instant of the first one.
  assert.equal(ask(ask(first, { body: 1 }, hours(22)), { body: 1 }, hours(23)), undefined);
});

test("no order of presses, answers and changes sends one key with two bodies that may both be carried out", () => {
  // A model of the API: it carries out a body once, and refuses a key that it knows with another body.
  let seed = 7;
  const random = below => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };

  for (let run = 0; run < 500; run += 1) {
    const known = new Map();
    let [attempt, body, made] = [openAttempt(`k${run}`), 0, 0];
    for (let step = 0; step < 30 && made === 0; step += 1) {
      body += random(2);
      const asked = ask(attempt, { body }, NOW);
      assert.ok(asked, "an attempt that was never copied can always be sent");
      attempt = JSON.parse(JSON.stringify(asked));

      const [isLost, isRefused, isAnswered] = [!random(3), !random(3), !!random(3)];
      if (isLost) continue;
      const before = known.get(asked.key);
      assert.ok(before === undefined || before === asked.request.body, "the API answers 422");
      if (before === undefined && isRefused) {
        if (isAnswered) attempt = refused(attempt, "invalid");
        continue;
      }
      known.set(asked.key, asked.request.body);
      if (isAnswered) made += 1;
    }
    assert.ok(known.size <= 1);
  }
});
