// Steps of an operator who has a keyboard and nothing else.

import assert from "node:assert/strict";
import { assertFocused } from "./checks.mjs";

/** Whether one of the elements that a locator finds has the focus. */
export function hasFocus(locator) {
  return locator.evaluateAll(elements => {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    return elements.includes(focused);
  });
}

/** What has the focus, for messages. */
function focusedText(page) {
  return page.evaluate(() => {
    const { tagName = "", textContent = "" } = document.activeElement ?? {};
    return `${tagName.toLowerCase()} "${textContent.trim().slice(0, 60)}"`;
  });
}

/**
 * Presses Tab until the focus is on what the locator finds, and answers how often. Each stop on the way must be seen.
 * `key` is `Shift+Tab` to go back.
 */
export async function tabTo(page, locator, { key = "Tab", most = 30 } = {}) {
  for (let presses = 1; presses <= most; presses += 1) {
    await page.keyboard.press(key);
    await assertFocused(page, `${key} number ${presses}`);
    if (await hasFocus(locator)) return presses;
  }
  return assert.fail(
    `${key} does not lead to ${locator} in ${most} presses, but to ${await focusedText(page)}`,
  );
}

/** Waits until the focus is on what the locator finds. */
export async function waitForFocus(page, locator, state) {
  const until = Date.now() + 10_000;
  while (!(await hasFocus(locator))) {
    if (Date.now() > until)
      assert.fail(`after ${state} the focus is on ${await focusedText(page)}, not on ${locator}`);
    await page.waitForTimeout(50);
  }
  await assertFocused(page, state);
}
