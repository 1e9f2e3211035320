// Two operators at one template, drafts that outlive what may happen to a page, and findings that lead to their places.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertAccessible, assertFits } from "./support/checks.mjs";
import { startStack } from "./support/stack.mjs";

const ja = JSON.parse(readFileSync(new URL("../src/i18n/ja.json", import.meta.url), "utf8"));

let stack;
before(async () => {
  stack = await startStack();
  await stack.importUsers([
    "login_id,display_name,email",
    "first,Fia First,first@example.com",
    "second,Sven Second,second@example.com",
    "reader,Rita Reader,reader@example.com",
  ]);
  await stack.grant("first", [{ role: "template_manager" }]);
  await stack.grant("second", [{ role: "template_manager" }]);
  const group = await stack.group("Sales");
  await stack.grant("reader", [{ role: "group_manager", group, access: "edit" }]);
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

const HTML = [
  '<html lang="en"><head><title>Invitation</title></head><body>',
  "<p>Hello {{ user.name }}.</p>",
  '<p><a href="{{ login_url }}">Sign in</a></p>',
  "</body></html>",
].join("\n");

/** A template of its own, and the address of its screen. */
async function makeTemplate(name) {
  const { id } = await stack.call("owner", "POST", "/v1/templates", {
    json: { name, variants: { en: { subject: "Welcome", html: HTML } } },
  });
  return { id, path: `/console/templates/${id}` };
}

const variantOf = async id => {
  const { variants } = await stack.call("owner", "GET", `/v1/templates/${id}`);
  return variants.en;
};

const NARROW = {
  locale: "ja-JP",
  colorScheme: "dark",
  viewport: { width: 360, height: 740 },
};

/** What the screen calls its controls, in English or Japanese. */
const ENGLISH = {
  save: "Save the template",
  saved: "Saved.",
  subject: "Subject",
  theirs: "Use theirs",
  mine: "Keep mine on top",
};
const JAPANESE = {
  save: ja["template.save"],
  saved: ja["template.saved"],
  subject: ja["editor.subject"],
  theirs: ja["conflict.use_theirs"],
  mine: ja["conflict.keep_mine"],
};

const save = (page, words = ENGLISH) =>
  page.getByRole("button", { name: words.save, exact: true }).click();

const editor = page => page.locator(".cm-content[role='textbox']").first();

/** Pastes over the whole HTML. */
async function replaceHtml(page, html) {
  await editor(page).click();
  await page.keyboard.press("Control+a");
  await editor(page).evaluate((element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    element.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    );
  }, html);
}

/** Two operators who have changed a template: the first has saved a subject, and the second has tried to save. */
async function clash(name, { subject, html, options, words = ENGLISH }) {
  const { id, path } = await makeTemplate(name);
  const one = await openPage(stack);
  const other = await openPage(stack, { expectErrors: true, ...options });
  await signIn(one.page, stack, "first", path);
  await signIn(other.page, stack, "second", path);
  await editor(other.page).waitFor();

  await one.page.getByLabel("Subject", { exact: true }).fill("Their subject");
  await save(one.page);
  await one.page.getByText("Saved.").waitFor();
  await one.close();

  const { page } = other;
  if (subject) await page.getByLabel(words.subject, { exact: true }).fill(subject);
  if (html) await replaceHtml(page, html);
  await save(page, words);
  const conflict = page.getByRole("alert").filter({ has: page.getByRole("table") });
  await conflict.waitFor();
  return { ...other, id, conflict };
}

test("whoever saves second sees theirs and mine, and theirs does not lose mine", async () => {
  const { page, id, conflict, close } = await clash("Theirs", { subject: "My subject" });
  const row = conflict.getByRole("row", { name: /Subject/ });
  assert.deepEqual(await row.getByRole("cell").allTextContents(), ["Their subject", "My subject"]);
  assert.equal((await variantOf(id)).subject, "Their subject");
  await assertAccessible(page, "a conflict of two operators");

  await conflict.getByRole("button", { name: "Use theirs" }).click();
  const subject = page.getByLabel("Subject", { exact: true });
  await page.getByText("Your own text is set aside.").waitFor();
  assert.equal(await subject.inputValue(), "Their subject");
  await assertAccessible(page, "a text that is set aside");

  await page.getByRole("button", { name: "Bring my text back" }).click();
  assert.equal(await subject.inputValue(), "My subject");
  await save(page);
  await page.getByText("Saved.").waitFor();
  assert.equal((await variantOf(id)).subject, "My subject");
  await close();
});

test("mine on top keeps what only the other has changed", async () => {
  const html = HTML.replace("Hello", "Good morning");
  const { page, id, conflict, close } = await clash("Mine", { html });
  await conflict.getByRole("button", { name: "Keep mine on top" }).click();
  await page.getByText("Saved.").waitFor();
  const stored = await variantOf(id);
  assert.equal(stored.subject, "Their subject");
  assert.equal(stored.html.replaceAll("\r\n", "\n"), html);
  assert.equal(await page.getByLabel("Subject", { exact: true }).inputValue(), "Their subject");
  await close();
});

test("a conflict fits a narrow, dark, Japanese screen", async () => {
  const { page, id, conflict, close } = await clash("Narrow", {
    subject: "私の件名",
    options: NARROW,
    words: JAPANESE,
  });
  await assertFits(page, "a conflict on a narrow screen");
  await assertAccessible(page, "a conflict on a narrow, dark screen");
  await conflict.getByRole("button", { name: JAPANESE.mine }).click();
  await page.getByText(JAPANESE.saved, { exact: true }).waitFor();
  assert.equal((await variantOf(id)).subject, "私の件名");
  await close();
});

/** Chooses the operator again, if the sign-in page asks. */
async function signInAgain(page, loginId) {
  const button = page.locator(`button[value="${loginId}"]`);
  await button.or(page.locator("header.shell-header")).first().waitFor();
  if (await button.isVisible()) await button.click();
  await page.locator("header.shell-header").waitFor();
}

test("an unsaved draft outlives a reload, and an expired sign-in", async () => {
  const { id, path } = await makeTemplate("Drafted");
  const { page, close } = await openPage(stack, { expectErrors: true });
  await signIn(page, stack, "first", path);
  await page.getByLabel("Subject", { exact: true }).fill("A draft");
  const html = HTML.replace("Hello", "Dear");
  await replaceHtml(page, html);
  await page.getByText("Your changes are not saved yet.").waitFor();

  await page.reload();
  await signInAgain(page, "first");
  await page.getByText(/You have an unsaved draft of/).waitFor();
  assert.equal(await page.getByLabel("Subject", { exact: true }).inputValue(), "A draft");
  await assertAccessible(page, "a draft that was found");
  await page.getByRole("button", { name: "Continue" }).click();

  await page.route("**/local/token", route =>
    route.fulfill({ status: 400, json: { error: "invalid_grant" } }),
  );
  await page.route("**/v1/**", route =>
    route.fulfill({ status: 401, json: { message: "Unauthorized" } }),
  );
  await save(page);
  await page.getByRole("heading", { name: "Your sign-in has expired" }).waitFor();
  await assertAccessible(page, "a sign-in that has expired");
  await page.unroute("**/local/token");
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Sign in again" }).click();
  await signInAgain(page, "first");

  const subject = page.getByLabel("Subject", { exact: true });
  await subject.waitFor();
  assert.equal(await subject.inputValue(), "A draft");
  await save(page);
  await page.getByText("Saved.").waitFor();
  const stored = await variantOf(id);
  assert.equal(stored.subject, "A draft");
  assert.equal(stored.html.replaceAll("\r\n", "\n"), html);
  await close();
});

/** The text of the line in which the cursor stands, once it is the expected one or some frames have gone by. */
const lineOfCursor = (page, expected) =>
  editor(page).evaluate(async (content, text) => {
    const root = content.getRootNode();
    let line;
    for (let frame = 0; frame < 120 && line !== text; frame += 1) {
      const { anchorNode } = (root.getSelection ? root : document).getSelection();
      const element = anchorNode instanceof Element ? anchorNode : anchorNode?.parentElement;
      line = element?.closest(".cm-line")?.textContent;
      await new Promise(requestAnimationFrame);
    }
    return line;
  }, expected);

test("a finding leads to its line, and what may go is taken out and named", async () => {
  const { id, path } = await makeTemplate("Found");
  const { page, close } = await openPage(stack, { expectErrors: true });
  await signIn(page, stack, "first", path);
  const wrong = HTML.replace("user.name", "user.nmae");
  await replaceHtml(page, wrong);
  await page
    .getByRole("button", { name: /HTML, line 2/ })
    .first()
    .click();
  await page.locator(".cm-content:focus").waitFor();
  const line = "<p>Hello {{ user.nmae }}.</p>";
  assert.equal(await lineOfCursor(page, line), line);
  await assertAccessible(page, "a template with a finding");

  await save(page);
  const refusal = page.getByRole("alert").first();
  await refusal.waitFor();
  await assertAccessible(page, "a template that is refused");

  const marked = HTML.replace(
    "</p>",
    '</p>\n<link rel="stylesheet" href="https://example.com/mail.css">',
  );
  await replaceHtml(page, marked);
  await page.getByText("may be taken out").first().waitFor();
  await page.getByRole("button", { name: "Take out what may go" }).click();
  const taken = page.getByRole("status").filter({ hasText: "Taken out of the HTML." });
  await taken.getByRole("listitem").filter({ hasText: "HTML, line 3" }).first().waitFor();
  await page.getByText("No mistakes found.").waitFor();
  await assertAccessible(page, "a template from which something was taken");

  await save(page);
  await page.getByText("Saved.").waitFor();
  const { html } = await variantOf(id);
  assert.doesNotMatch(html, /<link/);
  assert.match(html, /Hello \{\{ user\.name \}\}/);
  await close();
});

test("an operator without the role of a template manager reads, and is told why", async () => {
  const { path } = await makeTemplate("Read");
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "reader", path);
  await page.getByText(/Changing it needs the role of a template manager/).waitFor();
  const subject = page.getByLabel("Subject", { exact: true });
  await subject.waitFor();
  assert.equal(await subject.isEditable(), false);
  assert.equal(await page.getByRole("button", { name: "Save the template" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: /Delete|Take out/ }).count(), 0);
  await editor(page).waitFor();
  await assertAccessible(page, "a template that is read only");
  await close();
});

test("the default and the built-in template say why they stay, and the built-in one is copied to be changed", async () => {
  const { id } = await makeTemplate("Default");
  const settings = await stack.call("owner", "GET", "/v1/settings");
  await stack.call("owner", "PUT", "/v1/settings", {
    json: { ...settings, defaultTemplateId: id },
    headers: { "If-Match": `"${settings.version}"` },
  });
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "owner", "/console/templates");
  const row = name => page.getByRole("row").filter({ hasText: name });
  await row("Default template")
    .getByText(/choose another default/)
    .waitFor();
  assert.equal(await row("Default template").getByRole("button").count(), 0);
  assert.equal(await row("Comes with Reinvite").getByRole("button").count(), 0);
  for (const kept of [id, "invitation"])
    await stack.call("owner", "DELETE", `/v1/templates/${kept}`, { expected: 409 });
  await assertAccessible(page, "the list of templates");

  await row("Comes with Reinvite").getByRole("link").click();
  await page.getByText(/comes with Reinvite and stays/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Save the template" }).count(), 0);
  await page.getByRole("link", { name: "Make a copy that you can change" }).click();
  assert.equal(await page.getByLabel("Start from").inputValue(), "invitation");
  await close();
});
