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
 * console; `showsHostileMail` for mails of which the policy of their frame blocks something, which it reports too.
 */
export async function openPage(
  stack,
  { expectErrors = false, showsHostileMail = false, ...options } = {},
) {
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
  context.on("page", page => watch(page, stack, faults, { expectErrors, showsHostileMail }));

  const page = await context.newPage();
  return { page, context, faults, close: () => closeContext(context, faults) };
}

function watch(page, stack, faults, { expectErrors, showsHostileMail }) {
  page.on("pageerror", error => faults.push(`error: ${error.stack ?? error.message}`));
  page.on("console", message => {
    if (message.type() !== "error") return;
    const isRequest = message.text().startsWith("Failed to load resource");
    const { url } = message.location();
    const isMail =
      url.includes("/console/mail-frame") || message.text().includes("elsewhere.example.com");
    if ((isRequest && expectErrors) || (isMail && showsHostileMail)) return;
    faults.push(`console: ${message.text()} ${url}`);
  });
  const isElsewhere = url =>
    !["data:", "blob:", "about:", stack.origin].some(own => url.startsWith(own));
  page.on("requestfinished", request => {
    if (isElsewhere(request.url())) faults.push(`loaded from elsewhere: ${request.url()}`);
  });
  page.on("requestfailed", request => {
    // A request that the policy blocks never leaves the browser.
    const isBlocked = request.failure()?.errorText === "csp" && showsHostileMail;
    if (isElsewhere(request.url()) && !isBlocked) faults.push(`asked elsewhere: ${request.url()}`);
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
