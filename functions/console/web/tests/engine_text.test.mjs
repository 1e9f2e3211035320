// The sentences of the template engine in the operator's language.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { loadTogether } from "./support/load.mjs";

const [{ engineText }, { ruleText }, { engineWords }, { setLanguage }] = await loadTogether(
  "src/parts/engine_text.ts",
  "src/parts/sentences.ts",
  "src/parts/finding_list.tsx",
  "src/i18n/messages.ts",
);

afterEach(() => setLanguage("en"));

/** What the engine says, in English and Japanese. */
const SENTENCES = [
  [
    "unexpected end of input, expected end of variable block",
    "it ends before “}}”",
    "「}}」がないまま終わっています",
  ],
  [
    "unexpected identifier, expected end of variable block",
    "a name stands where “}}” is expected",
    "「}}」が必要な位置に名前があります",
  ],
  [
    "unexpected end of block, expected in",
    "“%}” stands where “in” is expected",
    "「in」が必要な位置に「%}」があります",
  ],
  ["unexpected `.`", "“.” is not possible here", "この位置に「.」は使用できません"],
  ["unexpected end of string", "a text in quotes is not closed", "引用符が閉じられていません"],
  [
    "unexpected `}`, expected identifier or integer",
    "“}” stands where a name or a number is expected",
    "名前または数値が必要な位置に「}」があります",
  ],
  [
    "unknown integer, expected statement",
    "a number stands where a statement such as if is expected",
    "ifなどの命令が必要な位置に数値があります",
  ],
  ["invalid float", "a number is not written as numbers are", "数値の書き方が正しくありません"],
  [
    "cannot assign to reserved variable name loop",
    "“loop” cannot be the name of a variable",
    "「loop」は変数の名前にできません",
  ],
  ["unexpected character", "a sign stands where none may", "使用できない記号があります"],
  ["unknown statement iff", "there is no statement “iff”", "命令「iff」はありません"],
  ["filter uper is unknown", "there is no filter “uper”", "フィルター「uper」はありません"],
  ["test odd is unknown", "there is no test “odd”", "テスト「odd」はありません"],
  ["rnage is unknown", "there is no function “rnage”", "関数「rnage」はありません"],
];

test("a sentence of the engine is said in both languages", async () => {
  for (const [message, english, japanese] of SENTENCES) {
    await setLanguage("en");
    assert.equal(engineText(message), english);
    await setLanguage("ja");
    assert.equal(engineText(message), japanese);
  }
});

test("a tag that does not end says what it lacks, without a word of the other language", async () => {
  for (const missing of ["}}", "%}", "#}", "{% endif %}", "{% endraw %}"]) {
    const finding = {
      rule: "unclosed_tag",
      detail: `the tag that opens here has no ${missing}`,
      values: { missing, line: 12, column: 3 },
    };
    assert.equal(engineWords(finding), undefined);
    await setLanguage("en");
    assert.equal(ruleText(finding), `The tag that opens here has no “${missing}”.`);
    await setLanguage("ja");
    assert.equal(ruleText(finding), `ここで始まるタグに、対応する「${missing}」がありません。`);
  }
});

test("a finding has the engine's words too where it says them otherwise", async () => {
  const [message] = SENTENCES[0];
  const finding = { rule: "template_syntax", detail: "…", values: { message } };
  assert.equal(engineWords(finding), message);
  await setLanguage("ja");
  assert.equal(ruleText(finding), "テンプレートを読み取れません：「}}」がないまま終わっています");
});

test("a sentence that is not known stays as it is, once", async () => {
  await setLanguage("ja");
  const finding = { rule: "template_syntax", detail: "…", values: { message: "something new" } };
  assert.equal(engineText("something new"), undefined);
  assert.equal(engineWords(finding), undefined);
  assert.equal(ruleText(finding), "テンプレートを読み取れません：something new");
});
