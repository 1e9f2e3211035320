// The editor of a mail: under the policy of the page, by keyboard, with what is wrong, and without the editor's own part.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, openPage } from "./support/browser.mjs";
import { assertAccessible } from "./support/checks.mjs";
import { startPartPage } from "./support/part_page.mjs";

const SOURCE = `
import "./src/styles/app.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { MailEditor } from "./src/parts/mail_editor";
const value = signal({ subject: "Hello", html: "<p>One</p>\\n<p>Two {{ nope }}</p>" });
const findings = signal([]);
const isShown = signal(true);
const cleaned = [];
const edited = signal([]);
const escapes = [];
const handle = { current: null };
Object.assign(window, { value, findings, isShown, cleaned, edited, escapes, handle });
addEventListener("keydown", event => { if (event.key === "Escape" && !event.defaultPrevented) escapes.push(1); });
const variables = [
  { name: "user.name", description: "The name.", sample: "Alex Morgan" },
  { name: "user.attributes.NAME", description: "A field.", sample: "Sales" },
  { name: "invitation_url", description: "The link.", sample: "https://example.com/", onlyWith: "set_link" },
];
function Part() {
  return isShown.value && <MailEditor value={value.value} onChange={next => { value.value = next; }} findings={findings.value}
    variables={variables} language="en" historyKey="test" madeText="Made" edited={edited.value} editorHandle={handle} onClean={() => cleaned.push(1)} />;
}
render(<Part />, document.getElementById("app"));
`;

const FINDINGS = [
  { part: "html", line: 2, column: 8, detail: "nope is undefined", rule: "x_unknown" },
  { part: "html", line: 1, column: 1, detail: "may go", rule: "x_gone", cleanable: true },
  { part: "subject", line: 1, column: 3, detail: "wrong subject", rule: "x_subject" },
];

let site;
after(async () => {
  await closeBrowser();
  await site?.stop();
});

async function open({ withoutEditor, ...options } = {}) {
  await site?.stop();
  site = await startPartPage(SOURCE, { withoutEditor });
  const opened = await openPage(site, { expectErrors: true, ...options });
  await opened.page.goto(site.origin);
  const current = () => opened.page.evaluate(() => window.value.value);
  return { ...opened, current };
}

const textbox = page => page.locator(".cm-host .cm-content").first();

test("the editor has a name, takes text, and Tab leaves it", async () => {
  const { page, current, close } = await open();
  const html = textbox(page);
  await html.waitFor();
  assert.equal(await html.getAttribute("aria-label"), "HTML of the mail");
  assert.equal(await html.getAttribute("spellcheck"), "false");
  const description = page.locator(".cm-host #description").first();
  assert.match(await description.textContent(), /Tab or Esc leaves this field/);
  assert.equal(await page.locator(".code-plain").count(), 0);

  await html.focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("\n<b>Three</b>");
  assert.equal((await current()).html, "<p>One</p>\n<p>Two {{ nope }}</p>\n<b>Three</b>");
  await page.keyboard.press("Tab");
  const left = await page.evaluate(() => document.activeElement.className);
  assert.ok(!left.includes("cm-host"), left);
  await assertAccessible(page, "the editor");
  await close();
});

test("typing over coloured text gives it no style of its own", async () => {
  const { page, current, close } = await open();
  const html = textbox(page);
  await html.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("a<b");
  assert.equal((await current()).html, "a<b");
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("<i>one</i>\ntwo");
  assert.equal((await current()).html, "<i>one</i>\ntwo");
  await page.keyboard.press("Control+z");
  assert.equal((await current()).html, "a<b");
  // A style that the policy has blocked is among what the page has reported.
  await close();
});

test("findings are buttons that go to their line, and are marked in the text", async () => {
  const { page, close } = await open();
  await textbox(page).waitFor();
  await page.evaluate(found => {
    window.findings.value = found;
  }, FINDINGS);
  await page.getByText("3 mistakes").waitFor();
  assert.equal(await page.locator(".cm-lintRange").count(), 2);
  await assertAccessible(page, "the editor with findings");

  await page.getByRole("button", { name: "HTML, line 2, column 8: nope is undefined" }).click();
  await page.locator(".cm-focused").waitFor();
  await page.keyboard.type("!");
  const value = await page.evaluate(() => window.value.value);
  assert.equal(value.html, "<p>One</p>\n<p>Two !{{ nope }}</p>");
  await page.getByRole("button", { name: "Subject, line 1, column 3: wrong subject" }).click();
  await page.locator("textarea:focus").waitFor();
  await page.keyboard.type("!");
  assert.equal((await page.evaluate(() => window.value.value)).subject, "He!llo");
  await page.getByRole("button", { name: "Take out what may go" }).click();
  assert.deepEqual(await page.evaluate(() => window.cleaned), [1]);
  await close();
});

test("the first finding is told with its line, and stays in view beside its place", async () => {
  const { page, close } = await open({ viewport: { width: 360, height: 320 } });
  await textbox(page).waitFor();
  await page.evaluate(() => {
    window.value.value = { subject: "Hello", html: "<p>Line</p>\n".repeat(200) };
    window.findings.value = [
      { part: "html", line: 180, column: 3, detail: "nope is undefined", rule: "x_unknown" },
    ];
  });
  const told = page.getByRole("status").filter({ hasText: "1 mistake" });
  assert.equal(await told.textContent(), "1 mistake HTML, line 180: nope is undefined");

  // From elsewhere, such as the button of the dialog, when neither is in view.
  await page.evaluate(() => {
    scrollTo(0, document.body.scrollHeight);
    const [finding] = window.findings.value;
    window.handle.current.goTo(finding);
  });
  await page.locator(".cm-focused").waitFor();
  for (const seen of [
    page.getByRole("button", { name: /^HTML, line 180/ }),
    page.locator(".cm-lintRange"),
  ])
    await page.waitForFunction(
      element => {
        const { top, bottom } = element.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      },
      await seen.elementHandle(),
    );
  await close();
});

test("Esc closes the list of completions, then leaves the text, and only then is left to the page", async () => {
  const { page, close } = await open();
  const html = textbox(page);
  const escapes = () => page.evaluate(() => window.escapes.length);
  await html.focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("{{ us");
  await page.locator(".cm-tooltip-autocomplete").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".cm-tooltip-autocomplete").waitFor({ state: "detached" });
  await html.and(page.locator(":focus")).waitFor();

  await page.keyboard.press("Escape");
  assert.equal(
    await page.evaluate(() => document.activeElement.textContent),
    "Tab or Esc leaves this field.",
  );
  assert.equal(await escapes(), 0);
  await page.keyboard.press("Escape");
  assert.equal(await escapes(), 1);
  await close();
});

test("it says which part is edited, and which is not", async () => {
  const { page, close } = await open();
  await textbox(page).waitFor();
  const told = page.locator(".edited-parts");
  const say = parts =>
    page.evaluate(edited => {
      window.edited.value = edited;
    }, parts);

  assert.equal(await told.textContent(), "");
  await say(["text"]);
  await told.getByText("Edited: text part of English. The HTML part is unchanged").waitFor();
  await page.getByRole("tab", { name: "Text (edited)" }).waitFor();
  await say(["subject", "html"]);
  await told.getByText("Edited: subject and HTML part of English. The text part is").waitFor();
  await say(["html", "text"]);
  await told.getByText("Edited: HTML part and text part of English.", { exact: true }).waitFor();
  await assertAccessible(page, "the editor of an edited mail");
  await close();
});

test("on a touch screen a swipe over the text scrolls the page until the text is tapped", async () => {
  const { page, close } = await open({
    hasTouch: true,
    isMobile: true,
    viewport: { width: 360, height: 740 },
  });
  const html = textbox(page);
  await html.waitFor();
  await page.evaluate(() => {
    window.value.value = { subject: "Hello", html: "<p>Line</p>\n".repeat(200) };
  });
  await page.getByText("Tap the text to edit or scroll it.").waitFor();
  const overflow = () =>
    page.locator(".cm-scroller").evaluate(one => getComputedStyle(one).overflowY);
  assert.equal(await overflow(), "hidden");
  await html.tap();
  assert.equal(await overflow(), "auto");
  await close();
});

test("a variable goes to the cursor of the part that had the focus", async () => {
  const { page, current, close } = await open();
  await textbox(page).waitFor();
  const picker = page.getByRole("button", { name: "Insert a variable" });
  const choose = async name => {
    await picker.click();
    await page.getByRole("button", { name }).click();
  };

  await textbox(page).focus();
  await page.keyboard.press("Control+Home");
  await choose(/user\.name/);
  assert.ok((await current()).html.startsWith("{{ user.name }}<p>One"));
  await page.getByLabel("Subject").focus();
  await page.keyboard.press("Home");
  await choose(/user\.attributes/);
  await page.keyboard.type("team");
  assert.equal((await current()).subject, "{{ user.attributes.team | default('') }}Hello");
  await picker.click();
  await assertAccessible(page, "the list of variables");
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("button", { name: /invitation_url/ }).count(), 0);
  await close();
});

test("variables are completed after two braces", async () => {
  const { page, current, close } = await open();
  await textbox(page).focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("{{ us", { delay: 30 });
  await page.locator(".cm-tooltip-autocomplete").waitFor();
  await page.locator(".cm-tooltip-autocomplete [aria-selected]").waitFor();
  // The list takes no key in its first moments, so that it does not take one that was meant for the text.
  await page.waitForTimeout(150);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.match((await current()).html, /^\{\{ user\.[a-zA-Z.]+ \}\}<p>/);
  await close();
});

test("undo goes back behind a change of the page, and over leaving the screen", async () => {
  const { page, current, close } = await open();
  await textbox(page).focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("A");
  await page.evaluate(() => {
    window.value.value = { ...window.value.value, html: "cleaned" };
  });
  await page.evaluate(() => {
    window.isShown.value = false;
  });
  await page.evaluate(() => {
    window.isShown.value = true;
  });
  await textbox(page).focus();
  await page.keyboard.press("Control+z");
  assert.ok((await current()).html.startsWith("A<p>One"));
  await page.keyboard.press("Control+z");
  assert.ok((await current()).html.startsWith("<p>One"));
  await close();
});

test("the text is made from the HTML until it is written by hand", async () => {
  const { page, current, close } = await open();
  await page.getByRole("tab", { name: "Text" }).click();
  await page.getByRole("button", { name: "Write the text by hand" }).click();
  assert.equal((await current()).text, "Made");
  assert.notEqual(await page.evaluate(() => document.activeElement.tagName), "BODY");
  await page.locator(".cm-host .cm-content").nth(1).fill("Mine");
  await assertAccessible(page, "the text");
  await page.getByRole("button", { name: "Make the text from the HTML" }).click();
  assert.equal((await current()).text, undefined);
  await page.getByRole("button", { name: "Write the text by hand" }).click();
  assert.equal((await current()).text, "Mine");
  await close();
});

test("without the editor a plain field takes the text", async () => {
  const { page, current } = await open({ withoutEditor: true });
  await page.getByText("The editor could not be loaded").first().waitFor();
  const field = page.getByLabel("HTML of the mail");
  await field.fill("plain");
  assert.equal((await current()).html, "plain");
  await assertAccessible(page, "the plain field");
});
