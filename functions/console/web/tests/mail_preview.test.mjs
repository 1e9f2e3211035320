// The preview of a mail: nothing of a hostile mail runs, loads or navigates, and a harmless one looks as it should.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { closeBrowser, openPage } from "./support/browser.mjs";
import { assertAccessible } from "./support/checks.mjs";
import { startPartPage } from "./support/part_page.mjs";

const SOURCE = `
import "./src/styles/app.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { MailPreview } from "./src/parts/mail_preview";
const mail = signal(null);
window.show = shown => { mail.value = shown; };
function Part() { return mail.value && <MailPreview mail={mail.value} />; }
render(<Part />, document.getElementById("app"));
`;

const HOSTILE = `<!doctype html><html onload="parent.ran=1"><head><base href="https://attacker.example/">
<meta http-equiv="refresh" content="0;url=/refreshed"><link rel="stylesheet" href="/linked"><script>parent.ran=1</script>
<style>@import "/imported"; body { background: url("/styled") } @media (prefers-color-scheme: dark) { p { color: rgb(1, 2, 3) } }</style>
<style media="(prefers-color-scheme:dark)">p { margin-top: 77px }</style></head>
<body onload="parent.ran=1" style="background-image:url(/attribute)"><p>Read me</p>
<a href="/link" target="_top">Link</a><a id="js" href="javascript:parent.ran=1">Script</a>
<form action="/form"><input autofocus name="a"><button formaction="/button">Send</button></form>
<img src="/image" srcset="/set 2x" onerror="parent.ran=1"><iframe src="/inner" srcdoc="<script>parent.ran=1</script>"></iframe>
<svg><a><animate attributeName="href" to="/animated"/><text y="20">SVG</text></a><script>parent.ran=1</script></svg>
<map name="m"><area href="/area" shape="default"></map><object data="/object"></object><embed src="/embed">
<video src="/video" poster="/poster"></video><template><img src="/template"></template>
<noscript><img src="/noscript"></noscript><meta http-equiv="refresh" content="0;url=/late"></body></html>`;

let site;
before(async () => {
  site = await startPartPage(SOURCE);
});
after(async () => {
  await closeBrowser();
  await site.stop();
});

const mail = (html, more = {}) => ({ subject: "Hello", html, text: "Hello there", ...more });

async function open(shown) {
  const opened = await openPage(site, { expectErrors: true });
  await opened.page.goto(site.origin);
  await opened.page.evaluate(given => window.show(given), shown);
  const frame = () => opened.page.frames().find(one => one !== opened.page.mainFrame());
  await opened.page.waitForFunction(() => {
    const body = document.querySelector("iframe")?.contentDocument?.body;
    return body && body.childNodes.length > 0;
  });
  return { ...opened, frame };
}

test("nothing of a hostile mail runs, loads or navigates", async () => {
  const { page, context, faults, frame } = await open(mail(HOSTILE));
  const before = site.asked.length;
  const foreign = [];
  page.on("request", request => foreign.push(request.url()));
  const outside = () => foreign.filter(url => !url.startsWith(site.origin));

  for (const images of [false, true]) {
    if (images) {
      assert.deepEqual(outside(), []);
      await page.getByRole("button", { name: "Show images" }).click();
      await page.waitForFunction(() =>
        document.querySelector("iframe")?.contentDocument?.body?.textContent.includes("Read me"),
      );
    }
    for (const link of await frame().locator("a").all()) await link.click({ force: true });
    for (const link of await frame().locator("a").all()) {
      await link.focus();
      await page.keyboard.press("Enter");
    }
    await frame().locator("p").click();
  }
  await page.waitForTimeout(500);

  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.equal(page.url(), `${site.origin}/`);
  assert.equal(new URL(frame().url()).pathname, "/frame-images");
  assert.deepEqual(
    site.asked.slice(before).filter(path => !["/frame-images", "/favicon.ico"].includes(path)),
    [],
  );
  // An image that the mail itself names, over https: the operator asked for it.
  assert.deepEqual(outside(), ["https://attacker.example/attribute"]);
  assert.equal(context.pages().length, 1);
  const left = await frame()
    .locator("script, base, form, input, iframe, object, embed, svg, link, [href], [onload]")
    .count();
  assert.equal(left, 0);
  assert.deepEqual(
    faults.filter(fault => !/violat|elsewhere|Blocked script/.test(fault)),
    [],
  );
});

test("a link shows its address on hover and on focus", async () => {
  const { page, frame, close } = await open(mail('<a href="https://example.com/x?y">Go</a>'));
  const link = frame().getByRole("link", { name: "Go" });
  const shown = () =>
    link.evaluate(element => getComputedStyle(element, "::after").content).catch(() => "");
  await page.evaluate(() =>
    document.querySelector("iframe").contentDocument.querySelector("a").focus(),
  );
  assert.match(await shown(), /example\.com\/x\?y/);
  assert.equal(await link.getAttribute("title"), "https://example.com/x?y");
  await close();
});

test("a link that the API hides is told in words, wherever the mail shows it", async () => {
  const api = await readFile(
    new URL("../../../../shared/mail/src/password_part.rs", import.meta.url),
    "utf8",
  );
  const [, hidden] = /invitation_url: "([^"]+)"/.exec(api);
  const html = `<p>Open <a href="${hidden}">${hidden}</a></p><p>Or <a href="${hidden}">set it</a></p>`;
  const { page, frame, close } = await open(mail(html, { text: `Open ${hidden} soon.` }));
  await frame().getByText("Open [link hidden]").waitFor();
  const address = "The address is hidden: only the recipient may see it.";
  assert.equal(await frame().getByRole("link", { name: "set it" }).getAttribute("title"), address);
  assert.doesNotMatch(await frame().content(), /hidden\.invalid/);

  await page.getByRole("tab", { name: "Text" }).click();
  assert.equal(await page.locator("pre").textContent(), "Open [link hidden] soon.");
  await close();
});

test("the scheme is the chosen one, whatever the system prefers", async () => {
  const html = `<head><meta name="color-scheme" content="light dark"><style>p { color: rgb(9, 9, 9) }
    @supports (color: red) { @media screen and (prefers-color-scheme: dark) { p { color: rgb(1, 2, 3) } } }</style>
    <style media="(prefers-color-scheme: light)">p { margin-top: 55px }</style></head><p>Text</p>`;
  const { page, close } = await open(mail(html, { language: "ja" }));
  const look = () =>
    page.evaluate(() => {
      const mail = document.querySelector("iframe").contentDocument;
      const style = getComputedStyle(mail.querySelector("p"));
      const scheme = getComputedStyle(mail.documentElement).colorScheme;
      return [style.color, style.marginTop, scheme, mail.documentElement.lang];
    });

  // The mail takes the scheme a moment after the button is pressed.
  const choose = async name => {
    const button = page.getByRole("button", { name });
    await button.click();
    await page.waitForFunction(scheme => {
      const mail = document.querySelector("iframe")?.contentDocument;
      return mail && getComputedStyle(mail.documentElement).colorScheme.startsWith(scheme);
    }, name.toLowerCase());
  };

  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await choose("Light");
    assert.deepEqual(await look(), ["rgb(9, 9, 9)", "55px", "light only", "ja"]);
    await choose("Dark");
    assert.deepEqual(await look(), ["rgb(1, 2, 3)", "16px", "dark only", "ja"]);
  }
  await close();
});

test("a phone is 375 px wide, a desktop is at least 700 px, and styles apply", async () => {
  const html = `<style>p { color: rgb(9, 9, 9) } @media (max-width: 480px) { p { color: rgb(1, 2, 3) } }</style>
    <p style="margin:3px">Text</p>`;
  const { page, close } = await open(mail(html));
  const look = () =>
    page.evaluate(() => {
      const frame = document.querySelector("iframe");
      const style = getComputedStyle(frame.contentDocument.querySelector("p"));
      return [frame.clientWidth, style.color, style.marginTop];
    });
  await page.setViewportSize({ width: 600, height: 800 });
  await page.getByRole("button", { name: "Desktop" }).click();
  assert.deepEqual(await look(), [700, "rgb(9, 9, 9)", "3px"]);
  await page.getByRole("button", { name: "Phone" }).click();
  assert.deepEqual(await look(), [375, "rgb(1, 2, 3)", "3px"]);
  await assertAccessible(page, "the preview of the HTML");

  await page.getByRole("tab", { name: "Text" }).click();
  assert.equal(await page.locator("pre").textContent(), "Hello there");
  await assertAccessible(page, "the preview of the text");
  await close();
});

test("a long mail scrolls by keyboard", async () => {
  const { page, close } = await open(mail("<p>Line</p>".repeat(300)));
  await page.getByRole("button", { name: "Show images" }).focus();
  // The frame around the mail, which scrolls sideways, and then the mail.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("PageDown");
  await page.waitForFunction(
    () => document.querySelector("iframe").contentWindow.scrollY > 100,
    undefined,
    { timeout: 3000 },
  );
  await close();
});
