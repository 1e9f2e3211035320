// Names, groups, notes, templates and mails of hostile authors are text, and run, load and open nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertFits } from "./support/checks.mjs";
import { goTo } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

const MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>";
const LONG = "Wolfeschlegelsteinhausenbergerdorff".repeat(2);

let stack;
let group;
before(async () => {
  stack = await startStack();
  const quoted = text => `"${text.replaceAll('"', '""')}"`;
  await stack.importUsers([
    "login_id,display_name,email,groups",
    [
      "evil",
      quoted(MARKUP),
      "evil@example.com",
      quoted(`Hostile/${MARKUP.replaceAll("/", "")}`),
    ].join(","),
    [
      "{{ 7 * 7 }}",
      quoted(`{{ user.email }} \${alert(3)} %3Cscript%3E`),
      "braces@example.com",
      "Hostile",
    ].join(","),
    ["long", LONG, `${"long.local.part.".repeat(3)}x@example.com`, `Hostile/${LONG}`].join(","),
    ["javascript:alert(4)", "javascript:alert(4)", "scheme@example.com", "Hostile"].join(","),
    ["rtl", "עברית العربية", "rtl@example.com", "Hostile"].join(","),
  ]);
  group = await stack.group("Hostile");
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

/** Opens a page on which a dialog of the browser, such as an alert, is a fault. */
async function openWatched(options) {
  const opened = await openPage(stack, options);
  opened.page.on("dialog", dialog => {
    opened.faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  opened.context.on("page", page => {
    if (page !== opened.page) opened.faults.push(`opened: ${page.url()}`);
  });
  return opened;
}

test("hostile names of users and groups are text, and fit at 360 px", async () => {
  const { page, close } = await openWatched({ viewport: { width: 360, height: 800 } });
  await signIn(page, stack, "owner", `/console/groups/${group}`);
  await page.getByText(MARKUP).first().waitFor();
  assert.equal(await page.locator("main img, main script").count(), 0);
  await assertFits(page, "hostile users");

  for (const loginId of ["evil", "{{ 7 * 7 }}", "long", "javascript:alert(4)"]) {
    const user = await stack.user(loginId);
    await goTo(page, `/console/users/${user.id}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    assert.equal(await page.locator("main img, main script, a[href^='javascript']").count(), 0);
    await assertFits(page, `the user ${loginId}`);
  }
  await close();
});

test("a hostile criterion in the address is a criterion, or is refused", async () => {
  const { page, close } = await openWatched({ expectErrors: true });
  await signIn(page, stack, "owner", `/?q=${encodeURIComponent(MARKUP)}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  for (const path of [
    `/?status=${encodeURIComponent(MARKUP)}`,
    `/?firstLogin=${encodeURIComponent("<b>..")}`,
    `/?next=${encodeURIComponent(MARKUP)}`,
    `/console/users/${encodeURIComponent(MARKUP)}`,
    `/console/resends/%E0%A4%A`,
    "/console/resends?state=%00",
    "/console/audit?user=%22%3E%3Cimg%3E",
  ]) {
    await goTo(page, path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    assert.equal(await page.locator("main img, main script, main b").count(), 0, path);
  }
  await close();
});

test("a hostile mail in the preview runs nothing, loads nothing and goes nowhere", async () => {
  const html = [
    "<!doctype html><html><head><title>Mail</title>",
    '<style>body{background:url("https://elsewhere.example.com/css.png")}</style></head><body>',
    '<h1 id="heading">Hello {{ user.name }}</h1>',
    '<p><a id="link" href="{{ login_url }}">Sign in</a> <a href="https://elsewhere.example.com/">Elsewhere</a></p>',
    '<img src="https://elsewhere.example.com/pixel.png" alt="pixel"></body></html>',
  ].join("\n");
  await stack.call("owner", "PUT", "/v1/templates/hostile", {
    json: { name: MARKUP, variants: { en: { subject: MARKUP, html, text: "{{ login_url }}" } } },
    headers: { "If-None-Match": "*" },
  });

  const { page, close } = await openWatched({ showsHostileMail: true });
  await signIn(page, stack, "owner", "/console/templates/hostile");
  const frame = page.frameLocator("iframe").first();
  await frame.getByRole("heading", { name: /Hello/ }).waitFor();
  const [width, address] = await frame
    .locator("img")
    .evaluate(image => [image.naturalWidth, image.ownerDocument.URL]);
  assert.equal(width, 0);
  for (const link of await frame.locator("a").all())
    await link.click({ force: true, noWaitAfter: true });
  assert.match(address, /\/console\/mail-frame$/);
  assert.equal(
    await frame.locator("#heading").evaluate(element => element.ownerDocument.URL),
    address,
  );
  assert.match(page.url(), /\/console\/templates\/hostile$/);
  await close();
});
