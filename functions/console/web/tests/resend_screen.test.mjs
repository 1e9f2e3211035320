// One resend, from the first mail to the last: paused, resumed or cancelled, its states apart, retried, and kept as a file.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertAccessible, assertFits, assertFocused } from "./support/checks.mjs";
import { startStack } from "./support/stack.mjs";

const ja = JSON.parse(readFileSync(new URL("../src/i18n/ja.json", import.meta.url), "utf8"));

let stack;
let users = 0;
before(async () => {
  stack = await startStack();
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

/** Imports `count` users of their own, the first with an address that bounces, and answers their ids. */
async function makeUsers(count, { bounces = true } = {}) {
  const logins = Array.from({ length: count }, () => {
    users += 1;
    return `resent-${users}`;
  });
  await stack.importUsers([
    "login_id,display_name,email,groups",
    ...logins.map((login, index) => {
      const isBounce = bounces && index === 0;
      const address = isBounce ? "bounce@simulator.amazonses.com" : `${login}@example.com`;
      return `${login},Resent ${login},${address},Sales`;
    }),
  ]);
  const found = await Promise.all(logins.map(login => stack.user(login)));
  return found.map(user => user.id);
}

const makeResend = (userIds, fields = {}) =>
  stack.call("owner", "POST", "/v1/resends", {
    json: { selection: { userIds }, ...fields },
    headers: { "Idempotency-Key": randomUUID() },
  });

const resendOf = id => stack.call("owner", "GET", `/v1/resends/${id}`);

/** Asks until something holds. */
async function until(holds) {
  for (let look = 0; look < 200; look += 1) {
    if (await holds()) return;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error(`it never holds: ${holds}`);
}

/** The states that the screen shows, with their figures. */
async function statesOn(page) {
  const rows = await page.locator(".resend-state").allInnerTexts();
  return Object.fromEntries(rows.map(row => row.split(/\s*\n+\s*/)));
}

test("a bounce is shown apart, over time too, and a dry run says that it is not tried again", async () => {
  const ids = await makeUsers(4);
  const { id } = await makeResend(ids);
  const { page, close } = await openPage(stack, { acceptDownloads: true });
  await signIn(page, stack, "owner", `/console/resends/${id}`);
  await page.getByText(/^Finished: /).waitFor({ timeout: 40_000 });
  // Events about mails arrive later, and the page shows them by itself: the figures, the list and the chart.
  await page.locator(".resend-state.bounced").waitFor();
  await page.locator(".recipients .badge").getByText("Bounced").waitFor();
  await until(async () => (await resendOf(id)).counts.sent === 0);
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.locator(".resend-state.sent").waitFor({ state: "detached" });
  const shown = await statesOn(page);
  assert.equal(shown.Bounced, "1");
  const { counts, progress } = await resendOf(id);
  assert.equal(
    Object.values(shown).reduce((sum, figure) => sum + Number(figure), 0),
    counts.eligible,
  );

  // The samples are disjoint, and each is a row of the table below the chart.
  for (const sample of progress) {
    const { sent, delivered, failed, skipped } = sample;
    assert.ok(sent + delivered + failed + skipped <= counts.eligible, JSON.stringify(sample));
  }
  const chart = page.getByRole("region", { name: "States over time" });
  await chart.getByText("Show as a table").click();
  const rows = chart.getByRole("row");
  const last = await rows.last().getByRole("cell").allTextContents();
  const end = (await resendOf(id)).progress.at(-1);
  assert.deepEqual(last.map(Number), [end.delivered, end.sent, end.failed, end.skipped]);
  await assertAccessible(page, "a resend that is completed, with its chart as a table");

  // The recipients in a file, and those in one state.
  const parse = text =>
    text
      .replace(/^\ufeff/, "")
      .trim()
      .split(/\r?\n/)
      .map(line => line.split(","));
  const download = async name => {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name, exact: true }).click(),
    ]);
    return readFile(await file.path(), "utf8");
  };
  const text = await download("Download recipients as CSV");
  assert.ok(text.startsWith("\ufeff"));
  const [header, ...lines] = parse(text);
  assert.equal(lines.length, 4);
  const state = header.indexOf("state");
  assert.equal(lines.filter(line => line[state] === "bounced").length, 1);
  await page.getByText("Saved 4 rows.").waitFor();

  await page
    .getByRole("group", { name: "Recipients by state" })
    .getByRole("button", { name: /^Bounced/ })
    .click();
  await page.waitForURL(/state=bounced/);
  const told = page.getByRole("status").getByText("Bounced: 1 recipient is in this state now.");
  await told.waitFor({ state: "attached" });
  const [, ...some] = parse(await download("Download “Bounced” as CSV"));
  assert.equal(some.length, 1);

  // The mail as it was sent.
  await page.getByRole("button", { name: /^Show the mail to Resent/ }).click();
  const mail = page.getByRole("dialog");
  await mail.getByText(/Links and temporary passwords are masked/).waitFor();
  const fact = name => mail.locator(".fact", { hasText: name }).getByRole("definition");
  await fact("To")
    .getByText(/^Resent resent-\d/)
    .waitFor();
  await fact("Address today").getByText("bounce@simulator.amazonses.com").waitFor();
  await fact("Sent at")
    .getByText(/, \d+ \w+ \d{4}, /)
    .waitFor();
  await mail.locator("iframe").waitFor();
  await assertAccessible(page, "the mail as sent");
  await page.keyboard.press("Escape");
  await mail.waitFor({ state: "detached" });
  await assertFocused(page, "the mail was closed");

  // A retry says first whom it leaves out: the address of the bounce is suppressed.
  await page.getByRole("button", { name: "Retry …" }).click();
  const retry = page.getByRole("dialog");
  await retry.getByRole("checkbox", { name: /Bounced/ }).waitFor();
  assert.equal(await retry.getByRole("checkbox", { name: /Bounced/ }).isChecked(), true);
  await retry.getByText("1 user will not:").waitFor();
  await retry.getByRole("button", { name: "None of them can get it" }).waitFor();
  await assertAccessible(page, "a retry for nobody");
  await close();
});

test("a scheduled resend is cancelled, and retried for the rest", async () => {
  const ids = await makeUsers(3, { bounces: false });
  const { id } = await makeResend(ids, {
    startAt: new Date(Date.now() + 86_400_000).toISOString(),
  });
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "owner", `/console/resends/${id}`);
  await page
    .getByText(/^Starts /)
    .first()
    .waitFor();

  await page.getByRole("button", { name: "Cancel resend" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("3 mails have not gone, and will not go.").waitFor();
  await assertAccessible(page, "the question before a cancellation");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await dialog.waitFor({ state: "detached" });
  await assertFocused(page, "a cancellation was declined");
  assert.equal((await resendOf(id)).state, "scheduled");

  await page.getByRole("button", { name: "Cancel resend" }).click();
  await dialog.getByRole("button", { name: "Cancel resend" }).click();
  await page.getByText(/^Cancelled by .* No mail was sent\.$/).waitFor();
  await assertFocused(page, "a cancellation");
  await page.locator(".resend-state.skipped").waitFor();
  assert.deepEqual(await statesOn(page), { Skipped: "3" });

  await page.getByRole("button", { name: "Retry …" }).click();
  await dialog.getByRole("checkbox", { name: /because the resend was cancelled/ }).waitFor();
  await dialog.getByText(/3 users will get the mail\./).waitFor();
  await assertAccessible(page, "a retry after its dry run");
  await dialog.getByRole("button", { name: "Send 3 mails again" }).click();
  await page.waitForURL(
    url => /\/console\/resends\/[^/]+$/.test(url.pathname) && !url.pathname.endsWith(id),
  );
  await page.getByText("Finished: 3 mails sent.").waitFor({ timeout: 40_000 });
  await page.getByRole("link", { name: "The original resend" }).waitFor();
  await close();
});

test("a start that is moved to now says first who would be left out, and in the end who was", async () => {
  const ids = await makeUsers(3, { bounces: false });
  const { id: earlier } = await makeResend(ids.slice(1));
  await until(async () => (await resendOf(earlier)).state === "completed");
  const { id } = await makeResend(ids, {
    startAt: new Date(Date.now() + 86_400_000).toISOString(),
  });
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "owner", `/console/resends/${id}`);

  await page.getByRole("button", { name: "Change start" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("All 3 recipients would get the mail.").waitFor();
  await assertAccessible(page, "another start that reaches everybody");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Start now" }).click();
  await dialog.getByText("2 of 3 recipients would get no mail now:").waitFor();
  await dialog.getByText("Invited recently (2)").waitFor();
  await assertAccessible(page, "the question before a start");
  assert.equal((await resendOf(id)).state, "scheduled");

  await dialog.getByRole("button", { name: "Send 1 mail now" }).click();
  await page
    .getByRole("status")
    .getByText(/^Starting …/)
    .waitFor({ state: "attached" });
  assert.equal(await page.getByRole("button", { name: "Start now" }).count(), 0);
  await assertFocused(page, "the start was moved to now");

  const banner = page.locator(".banner.warning");
  await banner.getByText("Finished: 1 mail sent and 2 recipients skipped.").waitFor();
  await banner.getByText("2 recipients were skipped: Invited recently (2)").waitFor();
  await page.locator(".resend-state.skipped").getByText("Invited recently (2)").waitFor();
  await assertAccessible(page, "a resend of which two were skipped");
  await close();
});

test("a resend of many mails is paused while it sends, and resumed on a narrow, dark, Japanese screen", async () => {
  const ids = (await stack.call("owner", "GET", "/v1/users?limit=200")).users
    .filter(user => user.status === "active")
    .map(user => user.id);
  const { id } = await makeResend(ids, { leaveOut: ["not_renderable"] });
  const { page, close } = await openPage(stack, {
    locale: "ja-JP",
    colorScheme: "dark",
    viewport: { width: 360, height: 740 },
  });
  await signIn(page, stack, "owner", `/console/resends/${id}`);
  await page.getByRole("button", { name: ja["resend.pause"], exact: true }).click();
  const resume = page.getByRole("button", { name: ja["resend.resume"], exact: true });
  await resume.waitFor();
  await assertFocused(page, "a pause");
  assert.equal((await resendOf(id)).state, "paused");
  await assertFits(page, "a paused resend");
  await assertAccessible(page, "a paused resend");

  await resume.click();
  await page.getByText(ja["resend.is_completed"].split("{")[0]).waitFor({ timeout: 50_000 });
  await assertFits(page, "a resend that is completed");
  await assertAccessible(page, "a resend that is completed");
  await close();
});

test("a resend that maintenance has paused says what to do, and is cancelled before any mail", async () => {
  const quiet = await startStack(["--maintenance"]);
  try {
    await quiet.importUsers(["login_id,email,groups", "waiting,waiting@example.com,Sales"]);
    const { id: userId } = await quiet.user("waiting");
    const { id } = await quiet.call("owner", "POST", "/v1/resends", {
      json: { selection: { userIds: [userId] } },
      headers: { "Idempotency-Key": randomUUID() },
    });
    const { page, close } = await openPage(quiet);
    await signIn(page, quiet, "owner", `/console/resends/${id}`);
    await page.getByText("Resume it after the maintenance.").waitFor();
    await assertAccessible(page, "a resend that is paused by maintenance");
    await page.getByRole("button", { name: "Cancel resend" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1 mail has not gone, and will not go.").waitFor();
    await dialog.getByRole("button", { name: "Cancel resend" }).click();
    await page.getByText(/^Cancelled by .* No mail was sent\.$/).waitFor();
    await page.locator(".resend-state.skipped").waitFor();
    assert.deepEqual(await statesOn(page), { Skipped: "1" });
    assert.deepEqual(await quiet.inbox(), []);
    await close();
  } finally {
    quiet.stop();
  }
});
