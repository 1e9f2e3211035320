// Operators are offered what their roles allow, and are told why the rest is missing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertAccessible } from "./support/checks.mjs";
import { goTo, openDialogForGroup } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

let stack;
let sales;
before(async () => {
  stack = await startStack();
  sales = await stack.group("Sales");
  await stack.importUsers([
    "login_id,display_name,email",
    "viewer,Vera Viewer,vera@example.com",
    "manager,Mona Manager,mona@example.com",
    "writer,Will Writer,will@example.com",
    "keeper,Kim Keeper,kim@example.com",
  ]);
  await stack.grant("viewer", [{ role: "group_manager", group: sales, access: "view" }]);
  await stack.grant("manager", [{ role: "group_manager", group: sales, access: "edit" }]);
  await stack.grant("writer", [{ role: "template_manager" }]);
  await stack.grant("keeper", [{ role: "directory_manager" }]);
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

const screens = page =>
  page.getByRole("navigation", { name: "Screens" }).getByRole("link").allTextContents();

test("an operator who may only view is offered no selection, and is told why", async () => {
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "viewer");
  await page.getByRole("table").waitFor();
  assert.equal(await page.getByRole("checkbox").count(), 0);
  assert.equal(await page.getByRole("button", { name: "Resend invitation" }).count(), 0);
  await page.getByText(/You may view users, but not send invitations/).waitFor();
  assert.deepEqual(await screens(page), ["Users", "Resends"]);

  await page.getByRole("rowheader").first().getByRole("link").click();
  await page.getByText(/You may view this user, but not send invitations/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Resend invitation" }).count(), 0);
  await assertAccessible(page, "a user, viewed only");
  await close();
});

test("a group manager without template_manager cannot edit the mail, and is told whom to ask", async () => {
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "manager");
  const dialog = await openDialogForGroup(page, stack, ["Sales"]);
  assert.equal(await dialog.getByRole("button", { name: "Edit for this resend only" }).count(), 0);
  await dialog
    .getByText(/template manager/i)
    .first()
    .waitFor();
  await assertAccessible(page, "the dialog without template_manager");
  await close();
});

test("a template manager has templates and no users", async () => {
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "writer");
  assert.deepEqual(await screens(page), ["Resends", "Templates"]);
  await page.getByText(/Your roles do not let you see users/).waitFor();
  await close();
});

test("a directory manager keeps users and invites nobody", async () => {
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "keeper");
  assert.deepEqual(await screens(page), ["Users", "Resends", "People and groups", "Import"]);
  assert.equal(await page.getByRole("button", { name: "Resend invitation" }).count(), 0);
  await close();
});

test("screens that a role does not have say which role they need", async () => {
  const { page, close } = await openPage(stack, { expectErrors: true });
  await signIn(page, stack, "viewer");
  for (const screen of ["people", "import", "templates", "settings", "audit", "suppressed"]) {
    await goTo(page, `/console/${screen}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page
      .getByText(/[Aa]sk an owner|[Oo]nly .*(owner|manager)/)
      .first()
      .waitFor();
    assert.equal(await page.locator("main").getByRole("textbox").count(), 0, screen);
  }
  await close();
});
