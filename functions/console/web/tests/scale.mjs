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

/** Measures from an act until the page shows its effect. */
async function measure(name, act, shown) {
  const from = performance.now();
  await act();
  await shown();
  figures.push([name, Math.round(performance.now() - from)]);
}

const rows = () => page.getByRole("rowheader");
try {
  await signIn(page, stack, "owner");
  await rows().first().waitFor();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });

  await goTo(page, "/console/audit");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await measure(
    "first view of the users",
    () => goTo(page, "/"),
    () => rows().nth(49).waitFor(),
  );
  const first = await rows().first().textContent();
  const isOther = () =>
    page.waitForFunction(text => document.querySelector("tbody th")?.textContent !== text, first);
  await measure(
    "next page",
    () => page.getByRole("button", { name: "Next page" }).click(),
    isOther,
  );
  await measure(
    "refine to never logged in",
    () => page.getByRole("button", { name: "Never logged in" }).click(),
    () =>
      page
        .getByText("never logged in")
        .first()
        .waitFor()
        .then(() => rows().nth(49).waitFor()),
  );
  await page.getByLabel("All on this page").check();
  const all = page.getByRole("button", { name: /^Select all .* that match$/ });
  await all.waitFor();
  await measure(
    "select all that match",
    () => all.click(),
    () =>
      page
        .getByText(/^All .* users/)
        .first()
        .waitFor(),
  );
  await measure(
    "first answer of the dialog",
    () => page.getByRole("button", { name: "Resend invitation" }).click(),
    () => page.getByRole("tab", { name: /^Will get it/ }).waitFor(),
  );
  for (const [name, time] of figures) console.log(`${String(time).padStart(6)} ms  ${name}`);
} finally {
  await close();
  await closeBrowser();
  stack.stop();
  await rm(folder, { recursive: true });
}
