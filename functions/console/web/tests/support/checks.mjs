// Checks that hold for every screen in every state: accessibility, and a layout without anything cut.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Asserts that axe-core finds nothing on the page. */
export async function assertAccessible(page, state) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(
    // Mails are the senders' own; their frames are checked for what they load and run.
    tags =>
      window.axe.run(
        { exclude: [["iframe"]] },
        { runOnly: { type: "tag", values: tags }, iframes: false },
      ),
    RULES,
  );
  const found = violations.violations.flatMap(violation =>
    violation.nodes.map(
      node => `${violation.id}: ${node.target.join(" ")}: ${node.failureSummary}`,
    ),
  );
  assert.deepEqual(found, [], `axe-core on ${state}`);
}

/** Asserts that nothing is wider than the page, and that no text is cut or lies on another control. */
export async function assertFits(page, state) {
  const faults = await page.evaluate(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth)
      found.push(`the page scrolls sideways: ${root.scrollWidth} px`);

    const isShown = element => element.checkVisibility({ visibilityProperty: true });
    const isHiddenFromSight = element =>
      element.closest(".visually-hidden, .skip-link, .skip-list, thead, [aria-hidden='true']");
    const name = element =>
      `${element.tagName.toLowerCase()}.${element.className} "${element.textContent.trim().slice(0, 40)}"`;
    const top = document.querySelector("dialog:modal:last-of-type") ?? document.body;
    for (const element of top.querySelectorAll("*")) {
      if (
        !isShown(element) ||
        isHiddenFromSight(element) ||
        element.closest("iframe, svg, .cm-host, option")
      )
        continue;
      const style = getComputedStyle(element);
      const isCut =
        element.scrollWidth > element.clientWidth + 1 &&
        ["hidden", "clip"].includes(style.overflowX);
      if (isCut && element.clientWidth > 0 && !["INPUT", "SELECT"].includes(element.tagName))
        found.push(`cut: ${name(element)}`);
    }

    const controls = [
      ...top.querySelectorAll("a, button, input, select, textarea, summary"),
    ].filter(element => isShown(element) && !isHiddenFromSight(element));
    for (const [index, one] of controls.entries()) {
      const a = one.getBoundingClientRect();
      if (
        a.width > 0 &&
        (a.right > root.clientWidth + 1 || a.left < -1) &&
        !one.closest(".table-frame, .scrolls")
      ) {
        found.push(`outside: ${name(one)}`);
      }
      for (const other of controls.slice(index + 1)) {
        if (one.contains(other) || other.contains(one)) continue;
        const b = other.getBoundingClientRect();
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        const isApart =
          one.closest(".dialog-footer, .selection-bar, .form-end") !==
          other.closest(".dialog-footer, .selection-bar, .form-end");
        if (width > 2 && height > 2 && !isApart)
          found.push(`overlap: ${name(one)} and ${name(other)}`);
      }
    }
    return found;
  });
  assert.deepEqual(faults, [], `layout of ${state}`);
}

/** Asserts that the focus is on something that can be seen: shown, in view, and under nothing else. */
export async function assertFocused(page, state) {
  // A dialog gives the focus back in the next frame.
  const hasFocus = () => document.activeElement !== document.body;
  await page.waitForFunction(hasFocus, undefined, { timeout: 5_000 }).catch(() => undefined);

  const fault = await page.evaluate(() => {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    if (!focused || focused === document.body) return "lost";
    const name = `${focused.tagName.toLowerCase()}.${focused.className} "${focused.textContent.trim().slice(0, 40)}"`;
    if (!focused.checkVisibility({ visibilityProperty: true }))
      return `on ${name}, which is hidden`;

    // A part of it in view is enough.
    const { left, top, right, bottom } = focused.getBoundingClientRect();
    const [fromX, toX] = [Math.max(left, 0), Math.min(right, innerWidth)];
    const [fromY, toY] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
    if (toX - fromX < 1 || toY - fromY < 1) return `on ${name}, which is out of view`;
    const label = focused.labels?.[0];
    const isFree = [0.1, 0.5, 0.9].some(share => {
      const root = focused.getRootNode();
      const at = root.elementFromPoint(
        fromX + (toX - fromX) * share,
        fromY + (toY - fromY) * share,
      );
      return at && (focused.contains(at) || label?.contains(at));
    });
    return isFree ? undefined : `on ${name}, which is covered`;
  });
  assert.equal(fault, undefined, `the focus after ${state}`);
}
