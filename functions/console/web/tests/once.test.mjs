// Whatever happens between the press and the answer, there is one resend, and no input is lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { openDialogForGroup, readyDialog } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

const CREATE = "**/v1/resends";

let stack;
before(async () => {
  stack = await startStack();
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

let made = 0;

/** Opens the dialog with a note of its own, which the resends that are made from it are known by, to start tomorrow. */
async function openDraft(options) {
  const opened = await openPage(stack, { expectErrors: true, ...options });
  const { page } = opened;
  await signIn(page, stack, "owner");
  const dialog = await openDialogForGroup(page, stack, ["Sales", "Tokyo"]);
  made += 1;
  const note = `Draft number ${made}`;
  await dialog.getByLabel("Note from you").fill(note);
  await dialog.getByRole("radio", { name: "Later" }).check();
  return { ...opened, dialog, note };
}

const scheduleButton = dialog => dialog.getByRole("button", { name: /^Schedule \d+ mails?$/ });

/** The number of resends. Each test makes one. */
async function resends() {
  const { resends: found } = await stack.call("owner", "GET", "/v1/resends?limit=200");
  return found.length;
}

const onResend = page => page.waitForURL(/\/console\/resends\/[^/?]+$/);

test("a double click makes one resend", async () => {
  const before = await resends();
  const { page, dialog, close } = await openDraft();
  const button = scheduleButton(dialog);
  await button.waitFor();
  await button.dblclick();
  await onResend(page);
  assert.equal(await resends(), before + 1);
  await close();
});

test("a lost answer is asked for again, with the same key and body", async () => {
  const before = await resends();
  const { page, dialog, note, close } = await openDraft();
  const requests = [];
  await page.route(CREATE, async route => {
    if (route.request().method() !== "POST") return route.fallback();
    requests.push([route.request().headers()["idempotency-key"], route.request().postData()]);
    if (requests.length > 1) return route.fallback();
    await route.fetch();
    return route.abort();
  });

  await scheduleButton(dialog).click();
  await dialog.getByText("Trying again is safe: nobody gets it twice.").waitFor();
  assert.equal(await dialog.getByLabel("Note from you").inputValue(), note);
  await dialog.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await onResend(page);
  assert.equal(requests.length, 2);
  assert.deepEqual(requests[0], requests[1]);
  assert.equal(await resends(), before + 1);
  await close();
});

test("an answer after the gateway's time-out, and a changed draft since, make one resend and say so", async () => {
  const before = await resends();
  const { page, dialog, close } = await openDraft();
  let isFirst = true;
  await page.route(CREATE, async route => {
    if (route.request().method() !== "POST" || !isFirst) return route.fallback();
    isFirst = false;
    await route.fetch();
    return route.fulfill({ status: 503, json: { message: "Service Unavailable" } });
  });

  await scheduleButton(dialog).click();
  await dialog.getByText("The server did not answer.").first().waitFor();
  await dialog.getByLabel("Note from you").fill("Another note");
  await dialog.getByText("You have changed the draft since.").waitFor();
  await dialog.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "The resend was made" }).waitFor();
  assert.equal(await resends(), before + 1);
  await close();
});

test("a token is renewed a minute early and when the API refuses it, and the dialog stays as it is", async () => {
  const before = await resends();
  let tokens = 0;
  const opened = await openPage(stack, { expectErrors: true });
  const { page } = opened;
  await page.route("**/local/token", async route => {
    tokens += 1;
    const response = await route.fetch();
    const json = await response.json();
    // The first one is already old: the next call renews it.
    return route.fulfill({ response, json: tokens === 1 ? { ...json, expires_in: 30 } : json });
  });
  await signIn(page, stack, "owner");
  const dialog = await openDialogForGroup(page, stack, ["Sales", "Tokyo"]);
  assert.equal(tokens, 2);

  await dialog.getByLabel("Note from you").fill("Still here");
  await dialog.getByRole("radio", { name: "Later" }).check();
  let isRefused = false;
  await page.route(CREATE, route => {
    if (route.request().method() !== "POST" || isRefused) return route.fallback();
    isRefused = true;
    return route.fulfill({ status: 401, json: { message: "Unauthorized" } });
  });
  await dialog.evaluate(element => {
    element.dataset.mark = "mounted once";
  });
  await scheduleButton(dialog).click();
  await onResend(page);
  assert.equal(tokens, 3);
  assert.equal(await resends(), before + 1);
  await opened.close();
});

test("an expired sign-in keeps the draft until the operator has signed in again", async () => {
  const before = await resends();
  const { page, dialog, note, close } = await openDraft();
  await scheduleButton(dialog).click({ trial: true });
  await page.route("**/local/token", route =>
    route.fulfill({ status: 400, json: { error: "invalid_grant" } }),
  );
  await page.route("**/v1/**", route =>
    route.fulfill({ status: 401, json: { message: "Unauthorized" } }),
  );
  await scheduleButton(dialog).click();
  await page.getByRole("heading", { name: "Your sign-in has expired" }).waitFor();

  await page.unroute("**/local/token");
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Sign in again" }).click();
  await signInAgain(page);
  const again = await readyDialog(page);
  assert.equal(await again.getByLabel("Note from you").inputValue(), note);
  await scheduleButton(again).click();
  await onResend(page);
  assert.equal(await resends(), before + 1);
  await close();
});

/** Chooses the operator again, if the sign-in page asks. */
async function signInAgain(page) {
  const owner = page.locator('button[value="owner"]');
  await owner.or(page.locator("header.shell-header")).first().waitFor();
  if (await owner.isVisible()) await owner.click();
  await page.locator("header.shell-header").waitFor();
}

test("a reload keeps the dialog and everything in it", async () => {
  const { page, dialog, note, close } = await openDraft();
  await dialog.getByLabel("Time", { exact: true }).fill("11:45");
  await scheduleButton(dialog).waitFor();
  await page.reload();
  await signInAgain(page);
  const again = await readyDialog(page);
  assert.equal(await again.getByLabel("Note from you").inputValue(), note);
  assert.equal(await again.getByLabel("Time", { exact: true }).inputValue(), "11:45");
  await close();
});

test("a reload after a lost answer asks with the same key", async () => {
  const before = await resends();
  const { page, dialog, close } = await openDraft();
  await page.route(CREATE, async route => {
    if (route.request().method() !== "POST") return route.fallback();
    await route.fetch();
    return route.abort();
  });
  await scheduleButton(dialog).click();
  await dialog.getByText("The server did not answer.").first().waitFor();
  await page.unroute(CREATE);
  await page.reload();
  await signInAgain(page);
  const again = await readyDialog(page);
  await again.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await onResend(page);
  assert.equal(await resends(), before + 1);
  await close();
});

test("a tab and its copy make one resend from one draft", async () => {
  const before = await resends();
  const { page, context, dialog, close } = await openDraft();
  await scheduleButton(dialog).waitFor();
  // A browser copies the storage of a tab that is duplicated.
  const stored = await page.evaluate(() => JSON.stringify(sessionStorage));
  const copy = await context.newPage();
  await copy.addInitScript(text => {
    if (sessionStorage.length > 0 || location.pathname.startsWith("/local")) return;
    for (const [key, value] of Object.entries(JSON.parse(text))) sessionStorage.setItem(key, value);
  }, stored);
  await copy.goto(page.url());
  await signInAgain(copy);
  const copied = await readyDialog(copy);
  await scheduleButton(copied).waitFor();

  await scheduleButton(copied).click();
  await onResend(copy);
  await page.bringToFront();
  await scheduleButton(dialog).click();
  await onResend(page);
  assert.equal(await resends(), before + 1);
  assert.equal(page.url(), copy.url());
  await close();
});
