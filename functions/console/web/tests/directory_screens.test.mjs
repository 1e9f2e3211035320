// The screens that keep the directory: imports, people and groups, settings, suppressed addresses and the audit trail.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertAccessible, assertFits, assertFocused } from "./support/checks.mjs";
import { goTo } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

const ja = JSON.parse(readFileSync(new URL("../src/i18n/ja.json", import.meta.url), "utf8"));

const BOUNCE = "bounce@simulator.amazonses.com";

let stack;
before(async () => {
  stack = await startStack();
  await stack.importUsers([
    "login_id,display_name,email,groups",
    `gone,Gina Gone,${BOUNCE},Sales`,
    "setter,Seth Setter,setter@example.com,Sales",
  ]);
  await stack.grant("setter", [{ role: "settings_manager" }]);
  // Its bounce comes while the first tests run.
  const { id } = await stack.user("gone");
  await stack.call("owner", "POST", "/v1/resends", {
    json: { selection: { userIds: [id] } },
    headers: { "Idempotency-Key": randomUUID() },
  });
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

const csv = (name, content) => ({ name, mimeType: "text/csv", buffer: Buffer.from(content) });

test("a dropped file is checked, its errors are named by line, and its good lines are taken", async () => {
  const { page, close } = await openPage(stack, { expectErrors: true });
  await signIn(page, stack, "owner", "/console/import");
  const file = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    const lines = [
      "login_id,display_name,email",
      "dropped-1,Dora Dropped,dora@example.com",
      "dropped-2,Dan Dropped,not an address",
      "dropped-3,Dee Dropped,dee@example.com",
    ];
    transfer.items.add(new File([lines.join("\n")], "dropped.csv", { type: "text/csv" }));
    return transfer;
  });
  await page.locator(".drop-zone").dispatchEvent("drop", { dataTransfer: file });
  await page.getByRole("heading", { name: "The file must be corrected" }).waitFor();
  const row = page.getByRole("table", { name: "Errors" }).getByRole("row").nth(1);
  const [line, column] = await row.getByRole("cell").allTextContents();
  assert.deepEqual([line, column], ["3", "email"]);
  assert.equal(await stack.user("dropped-1"), undefined);
  await assertAccessible(page, "a file with an error");

  await page.getByRole("button", { name: "Take the good lines only" }).click();
  await page.getByRole("heading", { name: "The file can be imported" }).waitFor();
  await assertAccessible(page, "a file of which a line is left out");
  await page.getByRole("button", { name: "Import 2 users" }).click();
  await page.getByRole("heading", { name: "The file is imported" }).waitFor();
  await assertFocused(page, "an import");
  assert.equal((await stack.user("dropped-3")).email, "dee@example.com");
  assert.equal(await stack.user("dropped-2"), undefined);
  await close();
});

test("a file in Shift_JIS is offered to be read as that, on a narrow, dark, Japanese screen", async () => {
  const { page, close } = await openPage(stack, {
    expectErrors: true,
    locale: "ja-JP",
    colorScheme: "dark",
    viewport: { width: 360, height: 740 },
  });
  await signIn(page, stack, "owner", "/console/import");
  const head = Buffer.from("login_id,display_name,email\nsjis-1,");
  const name = Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x89, 0xd4, 0x8e, 0x71]);
  const content = Buffer.concat([head, name, Buffer.from(",hanako@example.jp\n")]);
  await page.locator('input[type="file"]').setInputFiles(csv("sjis.csv", content));
  const readAs = ja["import.read_as"].replace("{charset}", ja["import.charsets.shift_jis"]);
  const offer = page.getByRole("button", { name: readAs });
  await offer.waitFor();
  await assertFits(page, "a file in another encoding");
  await assertAccessible(page, "a file in another encoding");
  await offer.click();
  await page.getByRole("heading", { name: ja["import.checked"] }).waitFor();
  await assertFits(page, "a file that can be imported");
  await page.locator(".import-result .primary").click();
  await page.getByRole("heading", { name: ja["import.done"] }).waitFor();
  assert.equal((await stack.user("sjis-1")).displayName, "日本花子");
  await close();
});

test("a user is made and given a role, the last owner stays, and the audit trail names who did it", async () => {
  const { page, close } = await openPage(stack, { expectErrors: true });
  await signIn(page, stack, "owner", "/console/people");
  await page.getByRole("button", { name: "New user" }).click();
  const field = name => page.getByLabel(name, { exact: true });
  await field("Login ID").fill("made");
  await field("E-mail address").fill("no address");
  await page.getByRole("button", { name: "Create user" }).click();
  await page.locator('main [aria-invalid="true"]').first().waitFor();
  await assertAccessible(page, "a new user who is refused");
  await field("Name").fill("Mae Made");
  await field("E-mail address").fill("made@example.com");
  await page.getByRole("button", { name: "Create user" }).click();
  await page.getByRole("heading", { name: "User Mae Made" }).waitFor();

  await page.getByLabel("Role to give").selectOption("template_manager");
  await page.getByRole("button", { name: "Give this role", exact: true }).click();
  await page.getByRole("button", { name: "Save roles" }).click();
  await page.getByText("Saved.").last().waitFor();
  const { id } = await stack.user("made");
  const { roles } = await stack.call("owner", "GET", `/v1/users/${id}/roles`);
  assert.deepEqual(roles, [{ role: "template_manager" }]);

  const owner = await stack.user("owner");
  await goTo(page, `/console/people?user=${owner.id}`);
  const granted = page.locator("form", {
    has: page.getByRole("heading", { name: "Roles and sign-in" }),
  });
  const held = granted.getByRole("listitem").filter({ hasText: /^Owner/ });
  await held.getByRole("button", { name: "Remove" }).click();
  await assertFocused(page, "a role was taken away");
  await granted.getByRole("button", { name: "Save roles" }).click();
  await granted
    .getByText(/This would leave the organisation without an active owner/)
    .first()
    .waitFor();
  await assertAccessible(page, "the last owner is refused to go");

  await goTo(page, "/console/audit");
  const entry = page.getByRole("row").filter({ hasText: "Roles of a user changed" }).first();
  await entry
    .getByRole("link", { name: owner.displayName ?? "owner", exact: true })
    .first()
    .waitFor();
  await assertAccessible(page, "the audit trail");
  await close();
});

test("a user whom two operators change keeps the changes of both", async () => {
  await stack.importUsers(["login_id,display_name", "shared,Shay Shared"]);
  const { id } = await stack.user("shared");
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "owner", `/console/people?user=${id}`);
  const save = page.getByRole("button", { name: "Save", exact: true });
  await page.getByLabel("Name", { exact: true }).waitFor();
  assert.equal(await save.getAttribute("aria-disabled"), "true");

  await stack.importUsers(["login_id,email", "shared,shared@example.com"]);
  await page.getByLabel("Name", { exact: true }).fill("Shay Changed");
  await save.click();
  const conflict = page.getByRole("alert").filter({ hasText: "Somebody else has changed this" });
  await conflict.getByText("shared@example.com").waitFor();
  await assertAccessible(page, "a user in conflict");
  await conflict.getByRole("button", { name: "Keep mine on top" }).click();
  await save.click();
  await page.getByText("Saved.").waitFor();
  const { displayName, email } = await stack.user("shared");
  assert.deepEqual([displayName, email], ["Shay Changed", "shared@example.com"]);
  await close();
});

test("a group is made, and a group with members is not deleted", async () => {
  const { page, close } = await openPage(stack, { expectErrors: true });
  await signIn(page, stack, "owner", "/console/people?tab=groups");
  await page.getByRole("button", { name: "New group", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill("Made here");
  await page.getByRole("button", { name: "Create group" }).click();
  await page.getByRole("heading", { name: "Group Made here" }).waitFor();
  await stack.group("Made here");

  await goTo(page, `/console/people?tab=groups&group=${await stack.group("Sales")}`);
  await page.getByRole("heading", { name: "Group Sales" }).waitFor();
  await page.getByRole("button", { name: "Delete group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Delete group" }).click();
  await dialog.getByRole("alert").waitFor();
  await assertAccessible(page, "a group that is not deleted");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await assertFocused(page, "a refused deletion");
  await stack.group("Sales");
  await close();
});

test("settings of two operators meet, and neither loses what the other has changed", async () => {
  const one = await openPage(stack);
  const other = await openPage(stack, { expectErrors: true });
  await signIn(one.page, stack, "setter", "/console/settings");
  await signIn(other.page, stack, "owner", "/console/settings");
  const sender = page => page.getByLabel("Sender's name", { exact: true });
  const cooldown = page => page.getByLabel("Minutes until a user can be invited again");
  const save = page => page.getByRole("button", { name: "Save settings" }).click();
  await cooldown(other.page).waitFor();

  await sender(one.page).fill("Their sender");
  await save(one.page);
  await one.page.getByText("The settings are saved.").waitFor();
  await one.close();

  const { page } = other;
  await cooldown(page).fill("7");
  await save(page);
  const conflict = page.getByRole("alert").filter({ hasText: "Somebody else has changed this" });
  await conflict.waitFor();
  await assertFocused(page, "a conflict");
  await assertAccessible(page, "settings in conflict");
  await conflict.getByRole("button", { name: "Keep mine on top" }).click();
  await conflict.waitFor({ state: "detached" });
  assert.equal(await sender(page).inputValue(), "Their sender");
  await save(page);
  await page.getByText("The settings are saved.").waitFor();
  const { senderName, cooldownMinutes } = await stack.call("owner", "GET", "/v1/settings");
  assert.deepEqual([senderName, cooldownMinutes], ["Their sender", 7]);
  await other.close();
});

test("a suppressed address is unblocked after a question", async () => {
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "owner", "/console/suppressed");
  const row = page.getByRole("row").filter({ hasText: BOUNCE });
  await row.getByRole("button", { name: "Unblock" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`Mails to ${BOUNCE} will be sent again.`).waitFor();
  await assertAccessible(page, "the question before an address is unblocked");
  await dialog.getByRole("button", { name: "Unblock" }).click();
  await page.getByText(`${BOUNCE} was unblocked.`).waitFor();
  await row.waitFor({ state: "detached" });
  await assertFocused(page, "an address was unblocked");
  await close();
});

test("the tree of groups is there again after another screen was open for a while", async () => {
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "owner");
  const sales = page.getByRole("treeitem", { name: /^Sales/ });
  await sales.waitFor();
  await goTo(page, "/console/audit");
  await sales.waitFor({ state: "detached" });
  await page.clock.setFixedTime(Date.now() + 120_000);
  await goTo(page, "/");
  await sales.waitFor();
  await close();
});
