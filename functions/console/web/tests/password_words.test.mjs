// The passwords of a resend in words, by what the preview has counted.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [{ passwordText }, { setLanguage }] = await loadTogether(
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

test("in Japanese the number comes first", async () => {
  await setLanguage("ja");
  assert.equal(
    passwordText({ set_link: 21, keep: 1 }, false),
    "21名にパスワード設定リンク、1名は変更なし",
  );
  assert.equal(passwordText({ temporary: 3 }, true), "約3名に仮パスワード");
});
