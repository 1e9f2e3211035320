// The start in the dialog: its zones are found in the reader's language, and a screen reader hears what is meant in the end.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertAccessible } from "./support/checks.mjs";
import { waitForFocus } from "./support/keyboard.mjs";
import { goTo } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

let stack;
before(async () => {
  stack = await startStack();
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

/** Opens the dialog with a later start. */
async function openLater(options) {
  const opened = await openPage(stack, options);
  const { page } = opened;
  await signIn(page, stack, "owner");
  await goTo(page, `/console/groups/${await stack.group("Sales/Tokyo")}`);
  await page.locator(".tick input").first().check();
  await page.getByRole("button", { name: /^(Resend invitation|招待メール再送信)/ }).click();
  const dialog = page.getByRole("dialog").first();
  await dialog.locator('input[name="start"]').nth(1).check();
  await dialog.locator(".start-meaning").getByText("Asia/Tokyo").first().waitFor();
  return { ...opened, dialog };
}

const zoneField = dialog => dialog.locator('.zone-field input[role="combobox"]');

test("cities and countries are found in Japanese, and the list is not covered on a narrow screen", async () => {
  const { page, dialog, close } = await openLater({
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    viewport: { width: 360, height: 640 },
  });
  const zone = zoneField(dialog);
  const option = name => dialog.getByRole("option").filter({ hasText: name });
  for (const [text, expected] of [
    ["アメリカ", "America/New_York"],
    ["シドニー", "Australia/Sydney"],
    ["ニューヨーク", "America/New_York"],
    ["Germany", "Europe/Berlin"],
  ]) {
    await zone.fill(text);
    await option(expected).waitFor();
  }
  await zone.fill("アトランティス");
  await dialog.getByText("タイムゾーンを入力中です。").waitFor();
  await zone.blur();
  await dialog.getByText("先にエラーを修正してください。").waitFor();

  await zone.fill("europe");
  await option("Europe/London").waitFor();
  const list = dialog.getByRole("listbox");
  const isWithin = () =>
    list.evaluate(element => {
      const body = element.closest("dialog").querySelector(".dialog-body").getBoundingClientRect();
      const { top, bottom } = element.getBoundingClientRect();
      return top >= body.top - 1 && bottom <= body.bottom + 1;
    });
  assert.equal(await isWithin(), true);

  await zone.fill("ニューヨーク");
  await zone.press("Enter");
  assert.equal(await zone.inputValue(), "America/New_York");
  await dialog.locator(".start-meaning").getByText("お使いのタイムゾーンでは").first().waitFor();
  assert.equal(await page.locator(".zone-list:not([hidden])").count(), 0);
  await close();
});

test("a screen reader hears the start once its fields are left, and nothing in between", async () => {
  const { page, dialog, close } = await openLater();
  await page.evaluate(() => {
    window.heard = [];
    const observer = new MutationObserver(() => {
      for (const region of document.querySelectorAll('dialog [role="status"]'))
        if (region.textContent) window.heard.push(region.textContent);
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const heard = () => page.evaluate(() => window.heard.filter(text => text.includes("10:45")));

  const time = dialog.getByLabel("Time", { exact: true });
  await time.fill("10:45");
  await dialog
    .locator(".start-meaning")
    .getByText(/10:45.*Asia\/Tokyo/)
    .first()
    .waitFor();
  assert.deepEqual(await heard(), []);

  const zone = zoneField(dialog);
  await zone.focus();
  await dialog
    .getByRole("status")
    .filter({ hasText: /10:45, Asia\/Tokyo/ })
    .first()
    .waitFor({
      state: "attached",
    });

  await zone.fill("new york");
  await dialog
    .locator(".start-meaning")
    .getByText(/America\/New_York/)
    .first()
    .waitFor();
  assert.equal(
    (await heard()).some(text => text.includes("New_York")),
    false,
  );
  await zone.press("Enter");
  await dialog
    .getByRole("status")
    .filter({ hasText: /10:45, America\/New_York/ })
    .first()
    .waitFor({
      state: "attached",
    });
  await close();
});

test("starting over asks first, and says in the end that everything is as at first", async () => {
  const { page, dialog, close } = await openLater();
  const note = dialog.getByLabel("Note from you");
  await note.fill("Welcome aboard");
  const startOver = dialog.getByRole("button", { name: "Start over" });
  const question = page.getByRole("dialog", { name: "Start over?" });
  await startOver.press("Enter");
  await assertAccessible(page, "the question before starting over");
  await question.getByRole("button", { name: "Back" }).press("Enter");
  await waitForFocus(page, startOver, "the question was declined");
  assert.equal(await note.inputValue(), "Welcome aboard");

  await startOver.press("Enter");
  await question.getByRole("button", { name: "Start over" }).press("Enter");
  const heading = dialog.getByRole("heading", { level: 2, name: "Resend the invitation" });
  await waitForFocus(page, heading, "the draft was discarded");
  const said = dialog.getByRole("status").filter({ hasText: "Everything is as it was at first." });
  await said.waitFor({ state: "attached" });
  assert.equal(await note.inputValue(), "");
  assert.equal(await dialog.getByRole("radio", { name: "Now" }).isChecked(), true);

  // The word does not outlast the next input.
  await note.fill("Hello");
  await said.waitFor({ state: "detached" });
  await close();
});

test("the end of a start at once is said in the organisation's zone, and in the reader's own", async () => {
  const { dialog, close } = await openLater();
  await dialog.getByRole("radio", { name: "Now" }).check();
  await dialog
    .locator(".start-meaning")
    .getByText(
      /All mails are out at about .*Asia\/Tokyo \(GMT\+9\).*For you that is .*Europe\/London/,
    )
    .waitFor();
  await close();
});
