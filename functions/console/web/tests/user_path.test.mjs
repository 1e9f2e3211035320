// The main job from the screen of one user: whom it is possible for, what stands against it, and what was sent.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertAccessible, assertFocused } from "./support/checks.mjs";
import { goTo, readyDialog } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

let stack;
before(async () => {
  stack = await startStack();
  await stack.importUsers([
    "login_id,display_name,email,status",
    "nora.new,Nora New,nora.new@example.com,active",
    "sam.still,Sam Still,sam.still@example.com,suspended",
    "ada.astray,Ada Astray,ada.astray@example.com,active",
    "aoi.endo,,aoi.endo@example.com,active",
  ]);
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

/** Opens the screen of a user, as an owner. */
async function openUser(loginId) {
  const { id, displayName } = await stack.user(loginId);
  const opened = await openPage(stack, { expectErrors: true });
  await signIn(opened.page, stack, "owner", `/console/users/${id}`);
  await opened.page.getByRole("heading", { level: 1, name: displayName }).waitFor();
  return { ...opened, id, card: opened.page.getByRole("region", { name: "Resend invitation" }) };
}

const button = card => card.getByRole("button", { name: "Resend invitation" });

/** Keeps every text that an element shows from now on. */
const keepTexts = element =>
  element.evaluate(node => {
    window.shownTexts = [];
    const keep = () => window.shownTexts.push(node.textContent);
    new MutationObserver(keep).observe(node, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });

/** The names of the links as the browser gives them to screen readers. */
async function namesOfLinks(page) {
  const browser = await page.context().newCDPSession(page);
  const { nodes } = await browser.send("Accessibility.getFullAXTree");
  return nodes.filter(node => node.role?.value === "link").map(node => node.name.value);
}

/** The mails in the inbox to an address. */
async function mailsTo(address) {
  const inbox = await stack.inbox();
  return inbox.filter(mail => JSON.stringify(mail.to ?? mail).includes(address));
}

/** Sends the mail of an open dialog at once, and waits until the screen of the user says so. */
async function send(page, card) {
  const dialog = await readyDialog(page);
  const make = dialog.getByRole("button", { name: "Send 1 mail now" });
  await make.waitFor();
  await assertAccessible(page, "the dialog for one user");
  await make.click();
  await dialog.waitFor({ state: "detached" });
  await card.getByText("The resend has been created.").waitFor();
  await assertFocused(page, "the resend was made");
}

/** Waits until so many mails went to an address. */
async function waitForMails(address, count) {
  const until = Date.now() + 20_000;
  for (;;) {
    const found = await mailsTo(address);
    if (found.length >= count || Date.now() > until) {
      assert.equal(found.length, count, `mails to ${address}`);
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

test("a user who never logged in is invited, again with the cooldown waived, and both mails are in the history", async () => {
  const { page, card, id, close } = await openUser("nora.new");
  await card.getByText("This user can be invited.").waitFor();
  await page.getByText("This user is in no resend yet.").waitFor();
  await assertAccessible(page, "a user who can be invited");
  await button(card).click();
  const dialog = await readyDialog(page);
  await dialog.getByText("For Nora New").waitFor();
  await dialog.getByLabel("Note from you").fill("Welcome aboard");
  await keepTexts(card);
  await send(page, card);
  await waitForMails("nora.new@example.com", 1);

  // The screen follows the resend, and judges the user again when it has ended.
  await card.getByText("Finished: 1 mail sent.").waitFor();
  await card.getByText("This user would be left out: Invited recently.").waitFor();
  // The mail that was just sent is not taken for another one.
  const texts = await page.evaluate(() => window.shownTexts);
  const sending = texts.findIndex(text => text.includes("The mail is being sent."));
  assert.notEqual(sending, -1);
  const isJudged = text => text.includes("This user can be invited.");
  assert.deepEqual(texts.slice(sending).filter(isJudged), []);

  // A moment later the cooldown stands beside the button, before it is pressed.
  await goTo(page, "/");
  await page.getByRole("table").waitFor();
  // A login id is one word for screen readers, and all users can be selected also where one page has them all.
  await page.getByRole("link", { name: "aoi.endo" }).waitFor();
  assert.ok((await namesOfLinks(page)).includes("aoi.endo"));
  await page.getByRole("button", { name: /^Select all \d+ that match$/ }).waitFor();
  await goTo(page, `/console/users/${id}`);
  await card.getByText("This user would be left out: Invited recently.").waitFor();
  await card.getByText(/^The cooldown ends .*\d/).waitFor();
  const words = await button(card).getAttribute("aria-describedby");
  assert.match(await page.locator(`[id="${words}"]`).textContent(), /Invited recently/);
  await assertAccessible(page, "a user who was invited a moment ago");

  await card.getByLabel("Waive the cooldown").check();
  await card.getByText("Will get it: the cooldown is waived.").waitFor();
  assert.doesNotMatch(await page.locator(`[id="${words}"]`).textContent(), /left out/);
  await button(card).click();
  const again = await readyDialog(page);
  await again.getByText(/You have chosen to invite nevertheless/).waitFor();
  await again.getByText(/^The mail goes to .*, at nora\.new@example\.com\./).waitFor();
  await send(page, card);
  await waitForMails("nora.new@example.com", 2);

  // Both are in the history, each with its mail as it was sent.
  await goTo(page, "/");
  await page.getByRole("table").waitFor();
  await goTo(page, `/console/users/${id}`);
  const history = page.getByRole("region", { name: "Invitation history" });
  const mails = history.getByRole("link", { name: /^The mail as sent .*\d:\d\d/ });
  await mails.nth(1).waitFor();
  assert.equal(await mails.count(), 2);
  await assertAccessible(page, "a user with a history");
  await mails.last().click();
  const mail = page.getByRole("dialog");
  await mail.frameLocator("iframe").getByText("Welcome aboard").waitFor();
  // Esc closes it from within the mail too.
  const link = mail.frameLocator("iframe").getByRole("link").first();
  await link.focus();
  assert.equal(await link.evaluate(one => one.matches(":focus")), true);
  await page.keyboard.press("Escape");
  await mail.waitFor({ state: "detached" });
  await assertFocused(page, "the mail was closed");
  await close();
});

test("a suspended user is left out, and the reason stands beside the button before it is pressed", async () => {
  const { page, card, close } = await openUser("sam.still");
  await card.getByText("This user would be left out: Status is not Active.").waitFor();
  await card.getByText(/^Only active users are invited. You can change the status/).waitFor();
  assert.equal(await button(card).getAttribute("aria-disabled"), "true");
  assert.equal(await card.getByLabel("Waive the cooldown").count(), 0);
  await assertAccessible(page, "a user who is suspended");

  // It can be reached, so that the reason is read out with it, but does nothing.
  await button(card).focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.doesNotMatch(page.url(), /dialog=/);
  assert.deepEqual(await mailsTo("sam.still@example.com"), []);

  // An owner may change what stands against it.
  await card.getByRole("link", { name: "Change this user" }).click();
  await page.getByRole("heading", { name: "User Sam Still" }).waitFor();
  await close();
});

test("an address is put right, a wrong one is refused at its field, and the mail goes to the new one", async () => {
  const { page, card, close } = await openUser("ada.astray");
  const address = page.getByRole("region", { name: "E-mail address" });
  await address.getByRole("button", { name: "Correct the address" }).click();
  const field = address.getByLabel("New address");
  await field.fill("ada.at.example.com");
  await address.getByRole("button", { name: "Save the address" }).click();
  await page.locator('input[type="email"][aria-invalid="true"]').waitFor();
  await assertFocused(page, "a refused address");
  await assertAccessible(page, "a refused address");
  assert.equal(await field.inputValue(), "ada.at.example.com");

  await field.fill("ada.found＠example.com");
  await field.blur();
  assert.equal(await field.inputValue(), "ada.found@example.com");
  await address.getByRole("button", { name: "Save the address" }).click();
  await address.getByText("The address is now ada.found@example.com.").waitFor();
  await assertFocused(page, "an address was put right");
  assert.equal((await stack.user("ada.astray")).email, "ada.found@example.com");

  await card.getByText("This user can be invited.").waitFor();
  await button(card).click();
  await send(page, card);
  await waitForMails("ada.found@example.com", 1);
  await close();
});
