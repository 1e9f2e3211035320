// The way of an operator through the main job by keyboard alone: from a group to a mail that was sent.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertFocused } from "./support/checks.mjs";
import { hasFocus, tabTo, waitForFocus } from "./support/keyboard.mjs";
import { readyDialog } from "./support/selecting.mjs";
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
  "<p>Hello {{ user.nmae }}, this came by keyboard.</p>",
  '{% if password_change == "set_link" %}<p><a href="{{ invitation_url }}">Set a password</a></p>',
  '{% else %}<p><a href="{{ login_url }}">Sign in</a></p>{% endif %}',
  "</body></html>",
].join("\n");

const TIME = "10:15";
const ZONE = "America/New_York";

/** The next date, from three days on, whose day and month are the same number: every order of them reads alike. */
function plainDate() {
  for (let days = 3; ; days += 1) {
    const date = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const [, month, day] = date.split("-");
    if (month === day) return date;
  }
}

/** Types into a native field of a date, whose parts follow each other by themselves. */
async function typeDate(page, date) {
  const [year, month, day] = date.split("-");
  await page.keyboard.type(`${day}${month}${year}`);
}

/** Opens the group, refines it, and selects everybody who matches. */
async function selectEverybody(page) {
  await page.keyboard.press("Tab");
  await waitForFocus(page, page.getByRole("link", { name: /^Skip to/ }), "the first Tab");
  await page.keyboard.press("Enter");
  await waitForFocus(page, page.locator("main"), "the skip link");

  // The tree is one stop; the arrows move in it.
  await page.getByRole("treeitem", { name: /^Sales/ }).waitFor();
  await tabTo(page, page.getByRole("treeitem"), { most: 1 });
  const sales = page.getByRole("treeitem", { name: /^Sales/ });
  for (let presses = 0; presses < 20 && !(await hasFocus(sales)); presses += 1) {
    await page.keyboard.press("ArrowDown");
    await assertFocused(page, "an arrow in the tree");
  }
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  await waitForFocus(page, sales, "the group was opened and closed in the tree");
  await page.keyboard.press("Enter");
  const heading = page.getByRole("heading", { level: 1, name: "Sales" });
  await waitForFocus(page, heading, "Enter in the tree");

  await tabTo(page, page.getByRole("button", { name: "Never logged in", exact: true }));
  await page.keyboard.press("Space");
  await page.waitForURL(/firstLogin=never/);
  await assertFocused(page, "the chip");
  // Before the list is there, Tab would leave the page at its end.
  await page.locator('.users-frame[aria-busy="false"]').waitFor();
  await tabTo(page, page.getByLabel("All on this page"));
  await page.keyboard.press("Space");
  await assertFocused(page, "the tick in the head of the table");
  const all = page.getByRole("button", { name: /^Select all \d+ that match$/ });
  await all.waitFor();
  await tabTo(page, all, { key: "Shift+Tab" });
  await page.keyboard.press("Enter");
  await waitForFocus(page, resendButton(page), "everybody was selected");
}

const resendButton = page => page.getByRole("button", { name: "Resend invitation" });

/** Opens the dialog, and answers it with the focus on its heading. */
async function openByKey(page) {
  await page.keyboard.press("Enter");
  const dialog = await readyDialog(page);
  await waitForFocus(page, dialog.getByRole("heading", { level: 2 }), "the dialog opened");
  return dialog;
}

/** Looks at both lists, and gives one user another password change. Answers that user's field. */
async function lookAtRecipients(page, dialog) {
  const will = dialog.getByRole("tab", { name: /^Will get it/ });
  const willNot = dialog.getByRole("tab", { name: /^Will not/ });
  await tabTo(page, will);
  await page.keyboard.press("ArrowRight");
  await waitForFocus(page, willNot, "an arrow among the tabs");
  await dialog.getByRole("heading", { level: 4 }).first().waitFor();
  const skip = dialog.getByRole("button", { name: "Skip this list" });
  await tabTo(page, skip, { most: 3 });
  await tabTo(page, willNot, { key: "Shift+Tab", most: 3 });
  await page.keyboard.press("ArrowLeft");
  await waitForFocus(page, will, "an arrow back");

  // The list can be passed over; each of its rows has two stops.
  const password = dialog.getByRole("combobox", { name: /^Password of / });
  await password.first().waitFor();
  await tabTo(page, skip, { most: 4 });
  await page.keyboard.press("Enter");
  await waitForFocus(
    page,
    dialog.getByRole("heading", { name: "E-mail", exact: true }),
    "the list was passed over",
  );
  await tabTo(page, password.last(), { key: "Shift+Tab", most: 3 });
  await tabTo(page, skip, { key: "Shift+Tab", most: 200 });
  const stops = await tabTo(page, password.nth(1), { most: 4 });
  assert.equal(stops, 3);
  await tabTo(page, skip, { key: "Shift+Tab", most: 4 });
  await tabTo(page, password.first());
  await page.keyboard.type("Keep the");
  assert.equal(await password.first().inputValue(), "keep");
  await assertFocused(page, "an exception was chosen");
}

/** Edits the mail, and puts an error right at its line. */
async function editMail(page, dialog) {
  const edit = dialog.getByRole("button", { name: "Edit for this resend only" });
  await tabTo(page, edit, { most: 200 });
  await page.keyboard.press("Enter");
  await waitForFocus(
    page,
    dialog.getByRole("heading", { name: /^Editing for this resend only/ }),
    "the change of the mail began",
  );
  const html = dialog.locator(".cm-host").getByRole("textbox", { name: /HTML/ });
  await html.waitFor();
  await tabTo(page, html);
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(EDITED);

  const finding = dialog.getByRole("button", { name: /line 3, column/ }).first();
  await finding.waitFor();
  await tabTo(page, finding, { key: "Shift+Tab", most: 3 });
  await page.keyboard.press("Enter");
  await waitForFocus(page, html, "a finding was pressed");
  for (const _ of "user.n") await page.keyboard.press("ArrowRight");
  for (const _ of "mae") await page.keyboard.press("Delete");
  await page.keyboard.type("ame");
  await finding.waitFor({ state: "detached" });
  await waitForFocus(page, html, "the error was put right");
  const summary = dialog.locator("#resend-summary");
  await summary.getByText("Invitation (edited: HTML part of English)").waitFor();

  // Tab writes nothing, and leaves the editor in both directions.
  const before = await html.textContent();
  await page.keyboard.press("Tab");
  assert.equal(await hasFocus(html), false, "Tab leaves the editor");
  await tabTo(page, html, { key: "Shift+Tab", most: 3 });
  await page.keyboard.press("Shift+Tab");
  assert.equal(await hasFocus(html), false, "Shift+Tab leaves the editor");
  assert.equal(await html.textContent(), before);

  // Esc leaves the editor, and not the dialog.
  await tabTo(page, html, { most: 3 });
  await page.keyboard.press("Escape");
  await waitForFocus(
    page,
    dialog.getByText("Tab or Esc leaves this field.").first(),
    "Esc in the editor",
  );
}

/** Chooses another start, in another zone, by typing. */
async function chooseStart(page, dialog, date) {
  await tabTo(page, dialog.getByRole("radio", { name: "Now" }), { most: 60 });
  await page.keyboard.press("ArrowDown");
  await waitForFocus(page, dialog.getByRole("radio", { name: "Later" }), "an arrow to Later");

  await tabTo(page, dialog.getByLabel("Date"), { most: 1 });
  await typeDate(page, date);
  assert.equal(await dialog.getByLabel("Date").inputValue(), date);
  const time = dialog.getByLabel("Time", { exact: true });
  await tabTo(page, time, { most: 4 });
  // Clocks of twelve hours have a part for the half of the day; others ignore the letter.
  await page.keyboard.type(`${TIME.replace(":", "")}a`);
  assert.equal(await time.inputValue(), TIME);

  // A part of the name is enough.
  const zone = dialog.getByLabel("Time zone");
  await tabTo(page, zone, { most: 4 });
  await page.keyboard.type("new york");
  await page.keyboard.press("Tab");
  await assertFocused(page, "the zone was typed");
  assert.equal(await zone.inputValue(), ZONE);
  await dialog.locator(".start-meaning").getByText(TIME).first().waitFor();
}

/** Chooses a link for all by the arrows. */
async function choosePasswords(page, dialog) {
  const link = dialog.getByRole("radio", { name: /^Link to set a password/ });
  const offered = dialog.getByRole("radio", {
    name: /^(Keep the password|Link to set|Temporary password)/,
  });
  if (!(await hasFocus(offered))) await tabTo(page, offered);
  for (let presses = 0; presses < 3 && !(await hasFocus(link)); presses += 1)
    await page.keyboard.press("ArrowDown");
  await waitForFocus(page, link, "the arrows among the passwords");
  assert.equal(await link.isChecked(), true);
}

/** Asserts that a dialog that was opened again has everything that was entered. */
async function assertRestored(dialog, date) {
  assert.equal(await dialog.getByLabel("Date").inputValue(), date);
  assert.equal(await dialog.getByLabel("Time", { exact: true }).inputValue(), TIME);
  assert.equal(await dialog.getByLabel("Time zone").inputValue(), ZONE);
  assert.equal(await dialog.getByRole("radio", { name: /^Link to set/ }).isChecked(), true);
  const password = dialog.getByRole("combobox", { name: /^Password of / }).first();
  await password.waitFor();
  assert.equal(await password.inputValue(), "keep");
  await dialog.getByRole("textbox", { name: /HTML/ }).getByText("this came by keyboard").waitFor();
}

test("the main job is done by keyboard alone, and the focus is always seen", async () => {
  const opened = await openPage(stack, { expectErrors: true });
  const { page } = opened;
  await signIn(page, stack, "owner");
  await selectEverybody(page);

  const dialog = await openByKey(page);
  await lookAtRecipients(page, dialog);
  await editMail(page, dialog);
  const date = plainDate();
  await chooseStart(page, dialog, date);
  await choosePasswords(page, dialog);

  // Esc keeps everything, and gives the focus back.
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await waitForFocus(page, resendButton(page), "Esc");
  const again = await openByKey(page);
  await assertRestored(again, date);

  // The footer's button, from anywhere in the dialog.
  const make = again.getByRole("button", { name: /^Schedule \d+ mails$/ });
  await make.waitFor();
  const count = Number(/\d+/.exec(await make.textContent())[0]);
  await tabTo(page, again.getByRole("tab", { name: /^Will get it/ }));
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/console\/resends\/[^/?]+$/);
  const heading = page.getByRole("heading", { level: 1 });
  await waitForFocus(page, heading, "the resend was made");

  // Scheduled, and moved to now.
  await page
    .getByText(new RegExp(`Starts .*${TIME}`))
    .first()
    .waitFor();
  const now = page.getByRole("button", { name: "Start now" });
  await now.waitFor();
  await tabTo(page, now);
  await page.keyboard.press("Enter");
  const send = page.getByRole("dialog").getByRole("button", { name: `Send ${count} mails now` });
  await send.waitFor();
  await tabTo(page, send);
  await page.keyboard.press("Enter");
  await page.getByText(/^Finished: \d+ mails sent/).waitFor({ timeout: 60_000 });
  await assertFocused(page, "the start was moved to now");

  // One mail, as it was sent.
  const inbox = await stack.inbox();
  assert.equal(inbox.length, count);
  const edited = inbox.find(({ html }) => html.includes("this came by keyboard"));
  const [, reader] = /Hello (.*), this came/.exec(edited.html);
  // The login id follows the name, if the user has one.
  const words = `Show the mail to ${reader}`;
  const show = page
    .getByRole("button", { name: words, exact: true })
    .or(page.getByRole("button", { name: `${words} (` }));
  await show.waitFor();
  await tabTo(page, show, { most: 150 });
  await page.keyboard.press("Enter");
  const mail = page.getByRole("dialog");
  await mail.frameLocator("iframe").getByText("this came by keyboard").waitFor();
  await waitForFocus(page, mail.getByRole("heading", { level: 2 }), "the mail opened");
  await page.keyboard.press("Escape");
  await mail.waitFor({ state: "detached" });
  await waitForFocus(page, show, "the mail was closed");
  await opened.close();
});
