// When a screen asks again: by virtual time, and on a page that is shown and hidden.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const { poll } = await load("src/state/poll.ts");

/** A page, of which only that it is hidden matters. */
function makePage() {
  const page = new EventTarget();
  page.hidden = false;
  page.turn = hidden => {
    page.hidden = hidden;
    page.dispatchEvent(new Event("visibilitychange"));
  };
  globalThis.document = page;
  return page;
}

/** Lets time pass, a second at a time, so that each answer is there before the next second. */
async function pass(context, seconds) {
  for (let second = 0; second < seconds; second += 1) {
    context.mock.timers.tick(1000);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
}

test("the last delay counts for all that follow, and a failed call is repeated", async context => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  makePage();
  let asked = 0;
  const stop = poll(async () => {
    asked += 1;
    if (asked === 2) throw new Error("no answer");
    return true;
  });
  await pass(context, 1);
  assert.equal(asked, 1);
  await pass(context, 2);
  assert.equal(asked, 2);
  await pass(context, 50);
  assert.equal(asked, 12);
  stop();
  await pass(context, 50);
  assert.equal(asked, 12);
});

test("an answer that nothing changes any more ends it", async context => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const page = makePage();
  let asked = 0;
  poll(async () => {
    asked += 1;
    return asked < 2;
  });
  await pass(context, 60);
  page.turn(true);
  page.turn(false);
  await pass(context, 60);
  assert.equal(asked, 2);
});

test("a hidden page asks nothing, and at once when it is shown again", async context => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const page = makePage();
  page.hidden = true;
  let asked = 0;
  const stop = poll(async () => {
    asked += 1;
    return true;
  });
  await pass(context, 60);
  assert.equal(asked, 0);
  page.turn(false);
  assert.equal(asked, 1);
  await new Promise(setImmediate);
  page.turn(true);
  await pass(context, 60);
  assert.equal(asked, 1);
  stop();
});

test("after its rounds it rests until the page is shown again", async context => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const page = makePage();
  let asked = 0;
  const stop = poll(
    async () => {
      asked += 1;
      return true;
    },
    [1000, 10_000],
    3,
  );
  await pass(context, 21);
  assert.equal(asked, 3);
  await pass(context, 600);
  assert.equal(asked, 3);
  page.turn(true);
  page.turn(false);
  await pass(context, 600);
  assert.equal(asked, 7);
  stop();
});
