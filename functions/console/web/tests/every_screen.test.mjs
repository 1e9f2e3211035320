// Every screen, in both languages and schemes, wide and at 360 px: axe-core finds nothing, and nothing is cut or overlaps.

import { after, before, test } from "node:test";
import { closeBrowser, openPage, signIn } from "./support/browser.mjs";
import { assertAccessible, assertFits } from "./support/checks.mjs";
import { goTo } from "./support/selecting.mjs";
import { startStack } from "./support/stack.mjs";

let stack;
const addresses = {};
before(async () => {
  stack = await startStack();
  const group = await stack.group("Sales/Tokyo");
  const user = await stack.user("aoi.endo");
  const { users } = await stack.call("owner", "GET", `/v1/users?group=${group}&limit=50`);
  const resend = await stack.call("owner", "POST", "/v1/resends", {
    json: { selection: { userIds: users.map(({ id }) => id) }, startAt: inTenDays() },
    headers: { "Idempotency-Key": "scheduled" },
  });
  const { variants } = await stack.call("owner", "GET", "/v1/templates/invitation");
  const template = await stack.call("owner", "POST", "/v1/templates", {
    json: { name: "Welcome", variants },
  });
  Object.assign(addresses, {
    users: "/",
    group: `/console/groups/${group}?firstLogin=never&status=active,suspended`,
    "no match": "/?q=nobody-has-this-name",
    user: `/console/users/${user.id}`,
    "unknown user": "/console/users/nobody",
    dialog: `/console/users/${user.id}?dialog=resend`,
    resends: "/console/resends",
    resend: `/console/resends/${resend.id}`,
    "left out": `/console/resends/${resend.id}?tab=excluded`,
    "unknown resend": "/console/resends/none",
    templates: "/console/templates",
    template: `/console/templates/${template.id}`,
    "built-in template": "/console/templates/invitation",
    people: "/console/people",
    import: "/console/import",
    settings: "/console/settings",
    audit: "/console/audit",
    suppressed: "/console/suppressed",
    unknown: "/console/nothing/here",
  });
});
after(async () => {
  await closeBrowser();
  stack?.stop();
});

function inTenDays() {
  return new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 19).concat("Z");
}

/** Waits until a screen has loaded, by its own words. */
async function loaded(page) {
  await page.locator("main h1, dialog h2").first().waitFor();
  await page.waitForLoadState("networkidle");
}

const VIEWS = [
  { locale: "en-GB", colorScheme: "light", width: 1280 },
  { locale: "ja-JP", colorScheme: "dark", width: 360 },
  { locale: "en-GB", colorScheme: "dark", width: 360 },
  { locale: "ja-JP", colorScheme: "light", width: 800 },
];

for (const { locale, colorScheme, width } of VIEWS) {
  test(`every screen in ${locale}, ${colorScheme}, at ${width} px`, async () => {
    const { page, close } = await openPage(stack, {
      expectErrors: true,
      locale,
      colorScheme,
      viewport: { width, height: 800 },
      hasTouch: width === 360,
    });
    await signIn(page, stack, "owner");
    for (const [state, path] of Object.entries(addresses)) {
      await goTo(page, path);
      await loaded(page);
      const place = `${state} (${locale}, ${colorScheme}, ${width} px)`;
      await assertAccessible(page, place);
      await assertFits(page, place);
    }
    await close();
  });
}
