// The passwords of a resend in words, by what the preview has counted.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [{ exceptionsText, passwordText }, { setLanguage }] = await loadTogether(
  "src/screens/resend_dialog/password_words.ts",
  "src/i18n/messages.ts",
);

afterEach(() => setLanguage("en"));

test("passwords that stay are kept", () => {
  assert.equal(passwordText({ keep: 22 }, false), "passwords kept");
  assert.equal(passwordText({}, false), "passwords kept");
});

test("links, temporary passwords and kept ones are told apart, each with its number", () => {
  assert.equal(
    passwordText({ set_link: 21, keep: 1 }, false),
    "links to set a password for 21 users, password kept for 1",
  );
  assert.equal(
    passwordText({ set_link: 1, temporary: 3 }, false),
    "link to set a password for 1 user, temporary passwords for 3 users",
  );
  assert.equal(passwordText({ set_link: 12_000 }, true).includes("about 12,000 users"), true);
});

test("exceptions are counted by their password change", () => {
  assert.equal(exceptionsText({}), "");
  assert.equal(exceptionsText({ u1: "keep" }), "Exceptions: 1 user keeps the password.");
  assert.equal(
    exceptionsText({ u1: "temporary", u2: "keep", u3: "set_link", u4: "keep" }),
    "Exceptions: 1 user gets a link to set a password, 1 user gets a temporary password, 2 users keep the password.",
  );
});

test("in Japanese the number follows the kind", async () => {
  await setLanguage("ja");
  assert.equal(
    passwordText({ set_link: 21, keep: 1 }, false),
    "パスワード設定リンク：21名、パスワード変更なし：1名",
  );
  assert.equal(passwordText({ temporary: 3 }, true), "仮パスワード：約3名");
  assert.equal(
    exceptionsText({ u1: "keep", u2: "temporary" }),
    "個別の設定：仮パスワード1名、パスワード変更なし1名",
  );
});
