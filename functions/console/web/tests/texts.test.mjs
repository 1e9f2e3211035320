// No text of a screen stands in the code: all of them are messages, which exist in every language.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const SOURCE = fileURLToPath(new URL("../src", import.meta.url));

/** Attributes whose value a person sees or hears. */
const SPOKEN = new Set([
  "aria-label",
  "aria-description",
  "aria-roledescription",
  "aria-valuetext",
  "alt",
  "title",
  "placeholder",
  "label",
  "hint",
]);

/** The product's name, which has no translation. */
const NAMES = new Set(["Reinvite"]);

const hasLetters = text => /\p{L}/u.test(text) && !NAMES.has(text.trim());

/** The texts in a file that are no messages. */
export function textsOf(path, source) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TSX);
  const found = [];
  const add = (node, text) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1}: ${text.trim()}`);
  };
  const literals = node => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    ) {
      if (hasLetters(node.text)) add(node, node.text);
    }
    // Texts in a call are its arguments: keys of messages, mostly.
    if (!ts.isCallExpression(node) && !ts.isBinaryExpression(node)) ts.forEachChild(node, literals);
  };
  const visit = node => {
    if (ts.isJsxText(node) && hasLetters(node.text)) add(node, node.text);
    if (ts.isJsxExpression(node) && node.expression && ts.isJsxElement(node.parent)) {
      if (ts.isStringLiteralLike(node.expression) || ts.isTemplateExpression(node.expression))
        literals(node.expression);
    }
    if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText()) && node.initializer)
      literals(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

test("a text in the code is found", () => {
  const source =
    '<><p title="A word">{`${count} users`}</p><b>Text</b><i aria-label={t("a.b")}>Reinvite {name} · 3</i></>';
  const found = textsOf("example.tsx", source);
  assert.deepEqual(
    found.map(text => text.split(": ")[1]),
    ["A word", "users", "Text"],
  );
});

test("no text of a screen stands in the code", async () => {
  const entries = await readdir(SOURCE, { recursive: true });
  const found = [];
  for (const entry of entries.filter(name => name.endsWith(".tsx")).sort()) {
    found.push(...textsOf(entry, await readFile(join(SOURCE, entry), "utf8")));
  }
  assert.deepEqual(found, []);
});
