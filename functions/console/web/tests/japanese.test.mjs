// The Japanese texts: one word for one thing, the words of the LMS where it has one, and one way to write signs.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [english, japanese] = await Promise.all(
  ["en", "ja"].map(async language => {
    const file = new URL(`../src/i18n/${language}.json`, import.meta.url);
    return JSON.parse(await readFile(file, "utf8"));
  }),
);

/** The words of the screens that operators know from their LMS. */
const FIXED = {
  "dialog.title": "招待メール再送信",
  "users.resend": "招待メール再送信",
  "recipients.title": "再送信対象",
  "start.title": "送信開始日時",
  "passwords.title": "パスワード変更設定",
  "users.never_logged_in": "未ログイン",
  "role.settings_manager": "招待メール設定権限",
  "role.template_manager": "メールテンプレート編集権限",
  "userStatus.active": "有効",
  "userStatus.suspended": "一時停止",
  "userStatus.inactive": "無効",
  "userStatus.pending_approval": "未承認",
  "userStatus.rejected": "非承認",
  "userStatus.not_yet_valid": "未有効",
};

/** Words that have a better one. */
const BANNED = {
  スキップ: "送信なし",
  利用期間: "有効期間",
  有効時間: "有効期間",
  待ち時間: "再送信間隔",
  再送信の間隔: "再送信間隔",
  再送信の一覧: "再送信一覧",
  対象者: "再送信対象",
  担当者: "操作者, or who has a role",
  ディレクトリ管理者: "ユーザー情報管理権限を持つ人",
  グループ管理者: "グループの編集権限を持つ人",
  ユーザー管理者: "ユーザー情報管理権限を持つ人",
  迷惑メールの申告: "迷惑メール報告",
  リンク先のアドレス: "リンク先のURL",
  画像のアドレス: "画像のURL",
  差し込み記号: "差し込み項目",
  ユーザ: "ユーザー",
  サーバ: "サーバー",
};

/** What an English text names, and its Japanese word. */
const PAIRS = [
  [/\bowners?\b/i, "オーナー"],
  [/\btemplate manager/i, "メールテンプレート編集権限"],
  [/\bdirectory manager/i, "ユーザー情報管理権限"],
  [/\bsettings manager/i, "招待メール設定権限"],
  [/\btemporary passwords?\b/i, "仮パスワード"],
  [/\btime zone/i, "タイムゾーン"],
  [/\bbounced?\b/i, "不達"],
];

/** Ways to write that no text has. */
const SIGNS = {
  "a blank beside a Japanese letter":
    /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー、。（）：] |(?<!\}) [\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}（]/u,
  "a half-width sign beside a Japanese letter":
    /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー][:?!,~](?![a-z{])/u,
  "a half-width kana": /[\uff61-\uff9f]/,
  "a full-width letter or digit": /[０-９Ａ-Ｚａ-ｚ]/,
  "people counted as 人": /[\d}]人/,
};

const findAll = isWrong => Object.entries(japanese).filter(([key, text]) => isWrong(text, key));

test("the words of the LMS stand where it has them", () => {
  for (const [key, word] of Object.entries(FIXED)) assert.equal(japanese[key], word, key);
});

for (const [word, better] of Object.entries(BANNED)) {
  // A longer word may begin with the banned one.
  const form = new RegExp(`${word}(?!ー)`);
  test(`no text says ${word} for ${better}`, () => {
    assert.deepEqual(
      findAll(text => form.test(text)),
      [],
    );
  });
}

test("a thing that English names is named in Japanese", () => {
  for (const [form, word] of PAIRS) {
    const missing = findAll((text, key) => form.test(english[key]) && !text.includes(word));
    assert.deepEqual(missing, [], word);
  }
});

for (const [name, form] of Object.entries(SIGNS)) {
  test(`no text has ${name}`, () => {
    assert.deepEqual(
      findAll(text => form.test(text)),
      [],
    );
  });
}

test("entries of the menu begin in different words", () => {
  const entries = findAll((_, key) => key.startsWith("nav.")).map(([, text]) => text.slice(0, 3));
  assert.equal(new Set(entries).size, entries.length, entries.join(", "));
});

test("times, durations and distances are written as in Japanese, without blanks beside numbers", async () => {
  const [format, { setLanguage }] = await loadTogether(
    "src/i18n/format.ts",
    "src/i18n/messages.ts",
  );
  const now = new Date("2026-12-01T00:00:00Z");
  assert.equal(format.formatDuration(200), "3 mins 20 secs");
  assert.equal(format.formatRelative("2026-12-08T00:00:00Z", now), "in 7 days");

  await setLanguage("ja");
  assert.equal(format.formatDuration(200), "3分20秒");
  assert.equal(format.formatRelative("2026-12-08T00:00:00Z", now), "7日後");
  assert.equal(
    format.formatZoned("2026-12-01T00:00:00Z", "Asia/Tokyo"),
    "2026年12月1日(火) 09:00 Asia/Tokyo（日本標準時）",
  );
  assert.equal(format.formatShort("2026-12-01T00:00:00Z", "Asia/Tokyo"), "2026/12/01 09:00");
});
