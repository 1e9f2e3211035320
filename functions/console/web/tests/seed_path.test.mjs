// The way of an operator through the main job, by mouse: from a group to a mail that was sent.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertAccessible } from "./support/checks.mjs";
import { startStack } from "./support/stack.mjs";

let stack;
before(async () => {
  stack = await startStack();
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

const EDITED = [
  "<!doctype html>",
  '<html lang="en"><head><title>Invitation</title></head><body>',
  "<p>Hello {{ user.nmae }}, this is your second chance.</p>",
  '{% if password_change == "set_link" %}<p><a href="{{ invitation_url }}">Set a password</a></p>',
  '{% else %}<p><a href="{{ login_url }}">Sign in</a></p>{% endif %}',
  "</body></html>",
].join("\n");

/** Tomorrow's date in a zone, as a date field has it. */
function tomorrowIn(timeZone) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  return parts.format(new Date(Date.now() + 86_400_000));
}

/** Notes each text that a live region has, in `told` of the window. */
function noteWhatIsTold(page) {
  return page.evaluate(() => {
    window.told = new Set();
    const note = () => {
      for (const one of document.querySelectorAll("[role=status]"))
        window.told.add(one.textContent);
    };
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
}

test("a group manager invites a refined selection, moves the start to now and reads a mail", async () => {
  const opened = await openPage(stack, { expectErrors: true });
  const { page } = opened;
  await signIn(page, stack, "owner");

  // The group, refined to those who never logged in.
  await page.getByRole("treeitem", { name: /Sales/ }).click();
  await page.getByRole("heading", { level: 1, name: "Sales" }).waitFor();
  await page.getByRole("button", { name: "Never logged in" }).click();
  await page.waitForURL(/firstLogin=never/);

  // Everybody who matches, less two.
  const table = page.getByRole("table");
  await page.getByLabel("All on this page").check();
  await page.getByRole("button", { name: /^Select all \d+ that match$/ }).click();
  const boxes = table.getByRole("checkbox", { name: /^Choose / });
  await boxes.nth(1).uncheck();
  await boxes.nth(3).uncheck();
  const words = page.getByRole("region", { name: "Selection" }).getByRole("status").first();
  await assert.doesNotReject(words.getByText(/, less 2 unticked/).waitFor());

  // The dialog: who will get it, and who will not, with reasons.
  await noteWhatIsTold(page);
  await page.getByRole("button", { name: "Resend invitation" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("tab", { name: /^Will get it \d+/ }).waitFor();
  await dialog.getByRole("tab", { name: /^Will not \d+/ }).click();
  await dialog.getByRole("heading", { level: 4 }).first().waitFor();
  await dialog.getByRole("tab", { name: /^Will get it/ }).click();

  // A screen reader hears the result, and not that it is counted.
  await dialog
    .getByRole("status")
    .filter({ hasText: /^\d+ will get the mail, \d+ will not\.$/ })
    .waitFor({ state: "attached" });
  const told = await page.evaluate(() => [...window.told]);
  assert.equal(told.filter(text => /Counting|Bringing/.test(text)).length, 0);

  // The template, edited for this resend, with an error that is put right at its line.
  await dialog.getByRole("button", { name: "Edit for this resend only" }).click();
  const html = dialog.getByRole("textbox", { name: /HTML/ });
  await html.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(EDITED);
  // The finding leads to the misspelt name, which is put right there.
  const finding = dialog.getByRole("button", { name: /line 3, column/ }).first();
  await finding.click();
  await page.waitForFunction(() => document.activeElement?.classList.contains("cm-host"));
  for (const _ of "user.n") await page.keyboard.press("ArrowRight");
  for (const _ of "mae") await page.keyboard.press("Delete");
  await page.keyboard.insertText("ame");
  await finding.waitFor({ state: "detached" });

  // Tomorrow at nine in another zone.
  await dialog.getByRole("radio", { name: "Later" }).check();
  await dialog.getByLabel("Date").fill(tomorrowIn("America/New_York"));
  await dialog.getByLabel("Time", { exact: true }).fill("09:00");
  await dialog.getByLabel("Time zone").fill("America/New_York");
  await dialog.locator(".start-meaning").getByText(/09:00/).first().waitFor();

  // A link for all, and an exception.
  await dialog.getByRole("radio", { name: /link/i }).check();
  const password = dialog.getByRole("combobox", { name: /^Password of / });
  await password.first().selectOption("keep");

  await assertAccessible(page, "the dialog with everything open");
  const make = dialog.getByRole("button", { name: /^Schedule \d+ mails$/ });
  const count = Number(/\d+/.exec(await make.textContent())[0]);
  await make.click();

  // Seen as scheduled, and moved to now.
  await page.waitForURL(/\/console\/resends\/[^/]+$/);
  await page
    .getByText(/Starts .*09:00/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Start now" }).click();
  await page.getByRole("button", { name: `Send ${count} mails now` }).click();
  await page.getByText(/^Finished: \d+ mails sent/).waitFor({ timeout: 60_000 });

  // One mail, as it was sent: that of a recipient who reads the language that was edited.
  const inbox = await stack.inbox();
  const edited = inbox.find(({ html }) => html.includes("this is your second chance"));
  const [, reader] = /Hello (.*), this is/.exec(edited.html);
  await page.getByRole("button", { name: `Show the mail to ${reader}` }).click();
  const frame = page.getByRole("dialog").frameLocator("iframe");
  await frame.getByText("this is your second chance").waitFor();
  assert.equal(inbox.length, count);
  await opened.close();
});
