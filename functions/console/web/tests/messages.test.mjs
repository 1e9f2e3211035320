// The messages: the same in every language, one for each name that the API answers, and none that nobody shows.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import openapiTypes, { astToString } from "openapi-typescript";
import ts from "typescript";

const SOURCE = fileURLToPath(new URL("../src", import.meta.url));
const CONTRACT = new URL("../../../../infra/openapi.yaml", import.meta.url);

/** The kinds of names, with their places among the schemas of the contract. */
const KINDS = {
  problem: ["Problem.type"],
  rule: ["Rule"],
  reason: ["Reason", "FailedReason"],
  userStatus: ["Status"],
  resendState: ["ResendState"],
  recipientState: ["RecipientState"],
  pauseReason: ["Resend.pauseReason"],
  failureReason: ["Resend.failureReason"],
  passwordChange: ["PasswordChange"],
  passwordChangeReason: ["KeepReason"],
  invitationState: ["UserInvitationState", "Invitation.state"],
  notice: ["Notice.type", "LoginIdNotice.type", "TemplateNotice.type"],
  role: ["Role.role"],
  access: ["Access"],
  auditAction: ["AuditEntry.action"],
  suppressionReason: ["SuppressedAddress.reason"],
  mailPart: ["MailPart"],
  earlierLinks: ["EarlierLinks"],
  onDoubt: ["Settings.onDoubt"],
};

/** Kinds of names that are values of sentences, and that the contract does not list. */
const KINDS_OF_VALUES = ["jsonType", "mailProgram", "ownText"];

const readText = language => readFile(join(SOURCE, "i18n", `${language}.json`), "utf8");
const [englishText, japaneseText] = await Promise.all(["en", "ja"].map(readText));
const [english, japanese] = [englishText, japaneseText].map(text => JSON.parse(text));

const marksOf = text => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

/** The texts of a type: of `"a" | "b"`, and of the members of a union that have the field. */
function namesOf(type, field) {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(one => namesOf(one, field));
  if (ts.isParenthesizedTypeNode(type)) return namesOf(type.type, field);
  if (field === undefined) return ts.isLiteralTypeNode(type) ? [type.literal.text] : [];
  if (!ts.isTypeLiteralNode(type)) return [];
  const member = type.members.find(one => one.name?.text === field);
  return member ? namesOf(member.type) : [];
}

/** The schemas of the contract by name. */
async function schemas() {
  const types = astToString(await openapiTypes(CONTRACT));
  const file = ts.createSourceFile("contract.ts", types, ts.ScriptTarget.ES2022, true);
  const components = file.statements.find(node => node.name?.text === "components");
  const found = components.members.find(member => member.name.text === "schemas");
  return new Map(found.type.members.map(member => [member.name.text, member.type]));
}

/** The texts in the sources: whole ones, and the beginnings of those that are put together. */
async function textsOfSources() {
  const whole = new Set();
  const beginnings = new Set();
  const calls = [];
  const visit = node => {
    if (ts.isStringLiteralLike(node)) whole.add(node.text);
    if (ts.isTemplateHead(node)) beginnings.add(node.text);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [first] = node.arguments;
      if (first && ts.isStringLiteralLike(first)) calls.push([node.expression.text, first.text]);
    }
    ts.forEachChild(node, visit);
  };
  const entries = await readdir(SOURCE, { recursive: true });
  for (const entry of entries.filter(one => /\.tsx?$/.test(one) && !one.endsWith("schema.ts"))) {
    const source = await readFile(join(SOURCE, entry), "utf8");
    const kind = entry.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    visit(ts.createSourceFile(entry, source, ts.ScriptTarget.ES2022, true, kind));
  }
  return { whole, beginnings, calls };
}

test("both languages have the same keys, sorted, one to a line", () => {
  for (const [text, messages] of [
    [englishText, english],
    [japaneseText, japanese],
  ]) {
    const sorted = Object.fromEntries(
      Object.keys(messages)
        .sort()
        .map(key => [key, messages[key]]),
    );
    assert.equal(text, `${JSON.stringify(sorted, null, 2)}\n`);
  }
  // Japanese has no singular.
  const keys = Object.keys(english).filter(key => !key.endsWith(".one") || key in japanese);
  assert.deepEqual(Object.keys(japanese), keys);
});

test("a message has the same values in both languages, and no blanks around it", () => {
  for (const [key, text] of Object.entries(japanese)) {
    assert.deepEqual(marksOf(text), marksOf(english[key]), key);
  }
  for (const [key, text] of [...Object.entries(english), ...Object.entries(japanese)]) {
    const isJoined = key.startsWith("mailProgram.") || key.endsWith("separator");
    if (!isJoined) assert.equal(text.trim(), text, key);
    if (key !== "mailProgram.every") assert.notEqual(text, "", key);
  }
});

test("every name that the API answers has a message", async () => {
  const found = await schemas();
  const missing = [];
  for (const [kind, places] of Object.entries(KINDS)) {
    for (const place of places) {
      const [schema, field] = place.split(".");
      const names = namesOf(found.get(schema), field);
      assert.notEqual(names.length, 0, place);

      const keys = names.map(name => `${kind}.${name.replace("/problems/", "")}`);
      missing.push(...keys.filter(key => !(key in english)));
    }
  }
  assert.deepEqual(missing, []);
});

test("every message that a screen names exists, and every message is shown by a screen", async () => {
  const { whole, beginnings, calls } = await textsOfSources();
  const named = calls.flatMap(([callee, key]) => {
    if (callee === "t") return [key];
    return callee === "tn" ? [`${key}.other`] : [];
  });
  assert.deepEqual(
    named.filter(key => !(key in english)),
    [],
  );

  const namedKinds = calls.flatMap(([callee, kind]) => (callee === "name" ? [kind] : []));
  const kinds = [...Object.keys(KINDS), ...KINDS_OF_VALUES, ...namedKinds].map(kind => `${kind}.`);
  const prefixes = [...kinds, ...[...beginnings].filter(text => /^\w+(\.\w+)*\.$/.test(text))];
  const isShown = key =>
    whole.has(key) ||
    whole.has(key.replace(/\.(one|other)$/, "")) ||
    prefixes.some(prefix => key.startsWith(prefix));
  assert.deepEqual(
    Object.keys(english).filter(key => !isShown(key)),
    [],
  );
});
