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
  ブラウザ: "ブラウザー",
  エディタ: "エディター",
  空の場合: "空欄の場合",
  残りの件数: "残りの送信可能数",
  ログアウト: "サインアウト",
  ひな形: "テンプレート",
  宛先: "再送信対象, or 受信者 of a mail",
  受取人: "受信者",
  再送信日時: "送信開始日時",
  送信禁止: "送信停止",
  他の: "ほかの",
  既に: "すでに",
  全て: "すべて",
  下さい: "ください",
  出来: "でき",
  致し: "します",
  及び: "と",
  をクリック: "を押す, or を選択",
};

/** What an English text counts, and its Japanese counter. */
const COUNTERS = {
  mails: "通",
  users: "名",
  recipients: "名",
  members: "名",
  lines: "行",
  rows: "行",
  characters: "文字",
  errors: "件",
  findings: "件",
  hours: "時間",
  minutes: "分",
};

/** English words that Japanese texts may have: names, and what is typed as it is. */
const LATIN = new Set(
  [
    "Reinvite LMS Outlook Excel Windows English ID URL MB HTML CSV SHA UTF EUC JP Shift_JIS T PNG GIF JPEG",
    "Tab Esc Asia Tokyo London en ja zh Hant sub name example com http https mailto tel data",
    "login_url invitation_url password note user attributes NAME default keep set_link temporary never",
    "hanako sato jp true false null if raw script style link href amp content type x ua compatible equiv",
  ].flatMap(words => words.split(" ")),
);

/** The name of a file format in Excel, in the signs that it has there. */
const EXCELS_NAME = "CSV UTF-8 (コンマ区切り)";

/** How a sentence ends. */
const POLITE = /(です|ます|でした|ました|ません|ませんか|ください)$/;

/** Whether a sentence ends politely. An example, or a value after a colon, ends as it likes. */
const isPolite = sentence =>
  /：|^例/.test(sentence) || POLITE.test(sentence.replace(/（[^）]*）$/, ""));

/** English sentences that are labels in Japanese. */
const NO_SENTENCES = new Set(["selection.nothing"]);

/** Sentences that are names, as a dictionary or the title of a table has them. */
const isOfNames = key =>
  key.startsWith("editor.variable.") || ["user.history_table", "users.table"].includes(key);

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
  "half-width brackets":
    /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー、。} ][()]|[()][\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u,
  "brackets in brackets of the same kind":
    /（[^）]*（|「[^」]*「|[（）「」]{2}(?<=（（|））|「「|」」)/u,
  // Its text has brackets: "日本標準時（Asia/Tokyo）".
  "a time zone in brackets": /（[^）]*\{(zone|timeZone)\}[^）]*）/u,
  "a full stop before a closing bracket, or two": /。[）」。]/,
  "three dots for one sign": /\.\.\.|。。|・・/,
  "an exclamation mark": /[!！]/,
};

const texts = Object.entries(japanese).map(([key, text]) => [key, text.replace(EXCELS_NAME, "")]);
const findAll = isWrong => texts.filter(([key, text]) => isWrong(text, key));

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

test("what English counts has its Japanese counter", () => {
  for (const [things, counter] of Object.entries(COUNTERS)) {
    const counted = new RegExp(`\\{(\\w+)\\} ${things.slice(0, -1)}s?\\b`, "g");
    const wrong = findAll((text, key) =>
      [...english[key].matchAll(counted)].some(
        ([, value]) => !text.includes(`{${value}}${counter}`),
      ),
    );
    assert.deepEqual(wrong, [], things);
  }
});

test("a number has the same text for one as for several, because Japanese has no other form", () => {
  const different = findAll((text, key) => {
    const others = japanese[key.replace(/one$/, "other")];
    return key.endsWith(".one") && text !== others && text.replace("1", "{count}") !== others;
  });
  assert.deepEqual(different, []);
});

test("an English sentence is a Japanese one, and every sentence is polite", () => {
  const wrong = findAll((text, key) => {
    const sentences = text.split("。").slice(0, -1);
    // A list or a value at the end has no full stop, so that nothing joins it.
    const isOpen = /[：{（][^。]*$|件$/.test(text);
    const isLabel = !/[.?]$/.test(english[key]) || isOpen || NO_SENTENCES.has(key);
    if (sentences.length === 0) return !isLabel && !text.endsWith("？");
    return !isOfNames(key) && !sentences.every(isPolite);
  });
  assert.deepEqual(wrong, []);
});

test("no English word stands in a Japanese text but names, and what is typed as it is", () => {
  const foreign = findAll(text =>
    (text.replaceAll(/\{\w+\}/g, "").match(/[A-Za-z]+(?:_[A-Za-z]+)*/g) ?? []).some(
      word => !LATIN.has(word),
    ),
  );
  assert.deepEqual(foreign, []);
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
    "2026年12月1日(火) 09:00 日本標準時（Asia/Tokyo）",
  );
  assert.equal(format.formatInTable("2026-12-01T00:00:00Z", "Asia/Tokyo"), "2026/12/01 09:00");
});

test("the template that comes with Reinvite has a Japanese name, and others keep theirs", async () => {
  const [{ shownTemplateName }, { setLanguage }] = await loadTogether(
    "src/state/shown_name.ts",
    "src/i18n/messages.ts",
  );
  await setLanguage("ja");
  assert.equal(shownTemplateName({ id: "invitation", name: "Invitation" }), "標準の招待メール");
  assert.equal(shownTemplateName({ id: "t1", name: "Welcome" }), "Welcome");
});
