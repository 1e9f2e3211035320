// Takes the pictures of docs/console.md and the README, on a stack of its own: `npm run screenshots`.

import { fileURLToPath } from "node:url";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { goTo, readyDialog } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

const IMAGES = fileURLToPath(new URL("../../../../docs/images/", import.meta.url));
const picture = (page, name) => page.screenshot({ path: `${IMAGES}console-${name}.png` });

// Slow enough that a picture shows a resend under way.
const stack = await startStack(["--send-rate", "4"]);
const { page, close } = await openPage(stack, { viewport: { width: 1280, height: 800 } });
try {
  await signIn(page, stack, "owner");
  await goTo(page, `/console/groups/${await stack.group("Sales")}?firstLogin=never`);
  await page.getByLabel("All on this page").check();
  const all = page.getByRole("button", { name: /^Select all \d+ that match$/ });
  if (await all.isVisible()) await all.click();
  const boxes = page.getByRole("checkbox", { name: /^Choose / });
  await boxes.nth(1).uncheck();
  await boxes.nth(3).uncheck();
  await page.waitForLoadState("networkidle");
  await picture(page, "users");

  await page.getByRole("button", { name: "Resend invitation" }).click();
  const dialog = await readyDialog(page);
  await dialog.frameLocator("iframe").locator("body *:visible").first().waitFor();
  await picture(page, "dialog");

  await dialog.getByRole("button", { name: /^Send \d+ mails now$/ }).click();
  await page.waitForURL(/\/console\/resends\/[^/?]+$/);
  await page
    .getByText(/[1-9]\d* of \d+/)
    .first()
    .waitFor();
  await page.getByText("Delivered").first().waitFor();
  await picture(page, "resend");
} finally {
  await close();
  await closeBrowser();
  stack.stop();
}
