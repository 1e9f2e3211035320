/** What the template engine says of a template, in the operator's language. */

import { t } from "../i18n/messages";

/** Sentences of the engine, with what they say. The first that fits is taken. */
const SENTENCES: [RegExp, (found: string, expected: string) => string][] = [
  [
    /^unexpected end of input, expected (.+)$/,
    expected => t("engine.ends_early", { expected: tokenText(expected) }),
  ],
  [/^unexpected end of string$/, () => t("engine.unclosed_text")],
  [/^unexpected end of comment$/, () => t("engine.unclosed_comment")],
  [/^unexpected end of raw block$/, () => t("engine.unclosed_raw")],
  [/^unexpected character$/, () => t("engine.character")],
  [/^unexpected input after end of variable block$/, () => t("engine.character")],
  [
    /^unexpected (.+), expected (.+)$/,
    (found, expected) =>
      t("engine.expected", { found: tokenText(found), expected: tokenText(expected) }),
  ],
  [/^unexpected (.+)$/, found => t("engine.unexpected", { found: tokenText(found) })],
  [
    /^unknown (.+), expected statement$/,
    found =>
      t("engine.expected", { found: tokenText(found), expected: tokenText("block keyword") }),
  ],
  [/^unknown statement (\S+)$/, name => t("engine.unknown_statement", { name })],
  [/^filter (\S+) is unknown$/, name => t("engine.unknown_filter", { name })],
  [/^test (\S+) is unknown$/, name => t("engine.unknown_test", { name })],
  [/^(\S+) is unknown$/, name => t("engine.unknown_function", { name })],
  [/^cannot assign to reserved variable name (\S+)$/, name => t("engine.reserved_name", { name })],
  [/^(invalid (float|integer)\b|'_' may not occur)/, () => t("engine.number")],
  [/^a value has the wrong type\b/, () => t("engine.wrong_type")],
];

/** The engine's names of signs. */
const SIGNS: Record<string, string> = {
  "start of variable block": "{{",
  "end of variable block": "}}",
  "start of block": "{%",
  "end of block": "%}",
  "assignment operator": "=",
  comma: ",",
};

/** The sentence of the engine in the operator's language; `undefined` for one that is not known. */
export function engineText(message: string): string | undefined {
  for (const [form, say] of SENTENCES) {
    const found = form.exec(message);
    if (found) return say(found[1] ?? "", found[2] ?? "");
  }
  return undefined;
}

/** A part of a template, as the engine names it: a kind of word, or a sign, a keyword or anything else as it is written. */
function tokenText(token: string): string {
  if (token === "identifier") return t("engine.token.name");
  if (token === "integer" || token === "float") return t("engine.token.number");
  if (token === "identifier or integer") return t("engine.token.name_or_number");
  if (token === "string") return t("engine.token.text");
  if (token === "expression") return t("engine.token.value");
  if (token === "block keyword") return t("engine.token.statement");
  if (token === "template-data") return t("engine.token.plain");
  return t("engine.token.sign", { sign: SIGNS[token] ?? token.replaceAll("`", "") });
}
