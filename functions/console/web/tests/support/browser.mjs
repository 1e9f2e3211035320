// A browser whose pages are watched: whatever they report as an error, as a violation of the policy, or load from elsewhere
// fails the test that opened them.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

let browser;

async function launch() {
  // Chromium's own sandbox needs rights that a container does not give.
  browser ??= await chromium.launch({
    executablePath: EXECUTABLE,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/**
 * Opens a page of its own context. `expectErrors` is for tests that make requests fail, which Chromium reports on its
 * console.
 */
export async function openPage(stack, { expectErrors = false, ...options } = {}) {
  const context = await (await launch()).newContext({
    locale: "en-GB",
    timezoneId: "Europe/London",
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(20_000);
  const faults = [];
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", event => {
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  context.on("page", page => watch(page, stack, faults, expectErrors));

  const page = await context.newPage();
  return { page, context, faults, close: () => closeContext(context, faults) };
}

function watch(page, stack, faults, expectErrors) {
  page.on("pageerror", error => faults.push(`error: ${error.stack ?? error.message}`));
  page.on("console", message => {
    if (message.type() !== "error") return;
    const isRequest = message.text().startsWith("Failed to load resource");
    if (!(isRequest && expectErrors))
      faults.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("request", request => {
    const url = request.url();
    const isOwn =
      url.startsWith(stack.origin) || url.startsWith("data:") || url.startsWith("blob:");
    if (!isOwn && url !== "about:blank") faults.push(`loaded from elsewhere: ${url}`);
  });
}

async function closeContext(context, faults) {
  await context.close();
  assert.deepEqual(faults, []);
}

/** Opens an address and signs in as an operator at the local sign-in page. */
export async function signIn(page, stack, loginId, path = "/") {
  await page.goto(stack.origin + path);
  await page.locator(`button[value="${loginId}"]`).click();
  await page.locator("header.shell-header").waitFor();
}
