// How fast the screens answer among 100,000 users, in a browser with a quarter of the machine's speed: `npm run scale`.
//
// It prints figures and judges none of them.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { goTo } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

const USERS = Number(process.argv[2] ?? 100_000);
const SLOWER = 4;
const HOUR = 3_600_000;

/** A file of users in 500 groups. A third of them has never logged in. */
function users() {
  const lines = ["login_id,display_name,email,status,groups,first_login_at,signed_up_at"];
  for (let index = 0; index < USERS; index += 1) {
    const number = String(index).padStart(6, "0");
    const group = `Region ${index % 20}/Office ${index % 500}`;
    const login = index % 3 === 0 ? "" : "2026-05-01T09:00";
    lines.push(
      `user${number},Made Name ${number},user${number}@example.com,active,${group},${login},2026-04-01`,
    );
  }
  return `${lines.join("\n")}\n`;
}

const folder = await mkdtemp(join(tmpdir(), "reinvite-scale-"));
const file = join(folder, "users.csv");
await writeFile(file, users());
const loading = performance.now();
const stack = await startStack(["--users", file], HOUR);
console.log(`${USERS} users were loaded in ${Math.round((performance.now() - loading) / 1000)} s`);

const { page, context, close } = await openPage(stack, { expectErrors: true });
const figures = [];

/**
 * Measures in the page itself, from a press until the frame after the page shows its effect: at least as many elements, and the
 * first of them with such a text and not with the other one. So the time of this program does not count.
 */
async function measure(name, pressed, { selector, text = ".", other = "", count = 1 }) {
  await pressed.waitFor();
  const time = await pressed.evaluate(
    async (element, [selector, text, other, count]) => {
      const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
      const isShown = () => {
        const found = document.querySelectorAll(selector);
        const shown = found[0]?.textContent ?? "";
        return found.length >= count && new RegExp(text).test(shown) && shown !== other;
      };
      const from = performance.now();
      element.click();
      while (!isShown()) await frame();
      await frame();
      return performance.now() - from;
    },
    [selector, text, other, count],
  );
  figures.push([name, Math.round(time)]);
}

/** The first row of the users, when a page of them is there. */
const ROW = "tbody th";
const button = name => page.getByRole("button", { name });

try {
  await signIn(page, stack, "owner");
  await page.locator(ROW).first().waitFor();
  await goTo(page, "/console/audit");
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });

  const users = page.getByRole("link", { name: "Users", exact: true });
  await measure("first view of the users", users, { selector: ROW, count: 50 });
  const first = (await page.locator(ROW).first().textContent()) ?? "";
  await button("Next page").waitFor();
  await measure("next page", button("Next page"), { selector: ROW, other: first, count: 50 });
  const second = (await page.locator(ROW).first().textContent()) ?? "";
  await measure("refine to never logged in", button("Never logged in"), {
    selector: ROW,
    other: second,
    count: 50,
  });
  await page.getByLabel("All on this page").check();
  await measure("select all that match", button(/^Select all .* that match$/), {
    selector: ".selection-words",
    text: "^All .* users",
  });
  await measure("first answer of the dialog", button("Resend invitation"), {
    selector: "dialog [role=tab]",
    text: "^Will get it",
  });
  for (const [name, time] of figures) console.log(`${String(time).padStart(6)} ms  ${name}`);
} finally {
  await close();
  await closeBrowser();
  stack.stop();
  await rm(folder, { recursive: true });
}
