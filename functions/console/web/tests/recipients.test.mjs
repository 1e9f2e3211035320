// The selection and the lists of recipients: what stays in its place, and what leads where.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertAccessible, assertFits } from "./support/checks.mjs";
import { waitForFocus } from "./support/keyboard.mjs";
import { readyDialog } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

let stack;
let sales;
before(async () => {
  stack = await startStack();
  sales = `/console/groups/${await stack.group("Sales")}?firstLogin=never`;
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

const selectAll = page => page.getByRole("button", { name: /^Select all \d+ that match$/ });
const resend = page => page.getByRole("button", { name: "Resend invitation" });

/** The places of the buttons of the selection, on the page. */
function places(page) {
  return page
    .getByRole("region", { name: "Selection" })
    .getByRole("button")
    .evaluateAll(buttons =>
      buttons.map(button => {
        const { left, top } = button.getBoundingClientRect();
        return [button.textContent, Math.round(left + scrollX), Math.round(top + scrollY)];
      }),
    );
}

for (const width of [1280, 800, 360]) {
  test(`the buttons of the selection stay where they are, at ${width} px`, async () => {
    const { page, close } = await openPage(stack, { viewport: { width, height: 800 } });
    await signIn(page, stack, "owner", sales);
    await selectAll(page).waitFor();
    const first = await places(page);

    const words = page.getByRole("region", { name: "Selection" }).getByRole("status").first();
    const boxes = page.getByRole("checkbox", { name: /^Choose / });
    const steps = [
      [() => boxes.first().check(), "1 user selected"],
      [() => selectAll(page).click(), /^All \d+ users in Sales who never logged in$/],
      [() => boxes.first().uncheck(), /, less 1 unticked: /],
      [() => page.getByRole("button", { name: "Clear the selection" }).click(), /^Nobody/],
    ];
    for (const [act, expected] of steps) {
      await act();
      await words.filter({ hasText: expected }).waitFor();
      assert.deepEqual(await places(page), first, `${expected}`);
    }
    await close();
  });
}

test("in the lists of the dialog no two controls have one name, though users have", async () => {
  await stack.importUsers([
    "login_id,display_name,email,status,groups",
    "same.first,Same Name,same.first@example.com,active,Sales",
    "same.second,Same Name,same.second@example.com,active,Sales",
    "same.third,Same Name,,active,Sales",
    "same.fourth,Same Name,,active,Sales",
  ]);
  const { page, close } = await openPage(stack, { viewport: { width: 360, height: 800 } });
  await signIn(page, stack, "owner", sales);
  await selectAll(page).click();
  await resend(page).click();
  const dialog = await readyDialog(page);
  const panel = dialog.getByRole("tabpanel", { name: /^Will/ });
  const namesOf = () =>
    panel
      .locator("a, button, select, summary")
      .evaluateAll(controls =>
        controls.map(one => one.getAttribute("aria-label") ?? one.textContent.trim()),
      );
  const assertDistinct = async least => {
    const names = await namesOf();
    assert.ok(names.length >= least, `${names.length} controls`);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  };
  await assertDistinct(40);

  await dialog.getByRole("tab", { name: /^Will not/ }).click();
  await panel.getByText("No e-mail address").waitFor();
  await assertFits(page, "the users who get no mail");
  for (const summary of await panel.locator("summary").all()) await summary.click();
  await panel.getByText("Suspended").first().waitFor();
  await panel.getByText("Was valid until").first().waitFor();
  await assertDistinct(40);
  await assertAccessible(page, "the users who get no mail");
  await close();
});

test("a password of a single user is chosen in the list that the button leads to", async () => {
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "owner", sales);
  await selectAll(page).click();
  await resend(page).click();
  const dialog = await readyDialog(page);
  await dialog.getByRole("tab", { name: /^Will not/ }).click();
  await dialog.getByRole("button", { name: "Choose otherwise for a single user" }).click();
  const search = dialog.getByRole("searchbox", {
    description: "Find the user, then choose beside the name.",
  });
  await waitForFocus(page, search, "the way to the list of recipients");

  await dialog
    .getByRole("combobox", { name: /^Password of / })
    .first()
    .selectOption("set_link");
  await dialog.getByText("Exceptions: 1 user gets a link to set a password.").waitFor();
  await dialog.getByRole("button", { name: "Choose otherwise for another user" }).waitFor();
  await dialog.getByRole("button", { name: "Undo the exceptions" }).click();
  const way = dialog.getByRole("button", { name: "Choose otherwise for a single user" });
  await waitForFocus(page, way, "the exceptions were undone");
  await close();
});

test("users whose validity has ended are offered no start", async () => {
  await stack.importUsers([
    "login_id,display_name,email,status,groups,valid_until",
    "ended.account,Ended Account,ended@example.com,active,Sales,2020-01-01T00:00",
  ]);
  const { page, close } = await openPage(stack);
  await signIn(page, stack, "owner", "/?q=ended.account");
  await page.getByLabel("All on this page").check();
  await resend(page).click();
  const dialog = await readyDialog(page);
  await dialog.getByRole("tab", { name: /^Will not/ }).click();
  await dialog.getByText("The validity has ended, so no start helps. You can change").waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Change the start" }).count(), 0);
  await dialog.getByRole("link", { name: "Change Ended Account (ended.account)" }).waitFor();
  await close();
});
