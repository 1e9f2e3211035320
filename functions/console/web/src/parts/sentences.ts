/** The sentences of what the API answers by name and values, in the operator's language. */

import type { FieldError } from "../api/errors";
import type { Schema } from "../api/types";
import { formatDate, formatList, formatLocal, formatZoned, languageName } from "../i18n/format";
import { hasMessage, type MessageKey, marksOf, t, type Values } from "../i18n/messages";
import { organisationZone } from "../state/operator";
import { engineText } from "./engine_text";

type UnknownValues = Record<string, unknown>;

/** Values that are names themselves, with the kind of their messages. */
const NAMED: Record<string, string> = {
  expected: "jsonType",
  part: "mailPart",
  parts: "mailPart",
  program: "mailProgram",
  text: "ownText",
};

/** The most placeholders of other programs that a sentence names. */
const MAX_MARKS = 5;

/** The sentence of a broken rule in the operator's language. */
export function ruleText(
  error: Pick<FieldError, "rule" | "detail"> & { values?: UnknownValues | undefined },
): string {
  return sentence(`rule.${error.rule}`, error.values) ?? error.detail ?? error.rule;
}

/** The sentence of a notice in the operator's language. */
export function noticeText(notice: {
  type: string;
  detail: string;
  values?: UnknownValues | undefined;
}): string {
  return sentence(`notice.${notice.type}`, notice.values) ?? notice.detail;
}

/**
 * The message of a key with its values; `undefined` if there is no such message, or a value of it is absent. A rule whose
 * value may be absent has a second message, with that value: its key ends in the name of the value.
 */
function sentence(key: string, values: UnknownValues = {}): string | undefined {
  const withValue = Object.keys(values)
    .map(name => `${key}.${name}`)
    .find(hasMessage);
  const found = withValue ?? key;
  if (!hasMessage(found)) return undefined;

  const texts = textValues(values);
  const isComplete = marksOf(found).every(mark => texts[mark] !== undefined);
  return isComplete ? t(found, texts) : undefined;
}

/** The values of a sentence as texts: instants in the organisation's zone, lists joined, names in the operator's language. */
export function textValues(values: UnknownValues = {}): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, textOf(name, value)]),
  );
}

function textOf(name: string, value: unknown): string | number {
  if (typeof value === "number") return value;
  if (Array.isArray(value)) {
    const shown = value.slice(0, name === "marks" ? MAX_MARKS : value.length);
    return formatList(shown.map(item => String(textOf(name, item))));
  }
  if (typeof value === "string") return textOfString(name, value);
  if (name === "defect") return ruleText(value as FieldError);
  if (name === "marks") return markText(value as Schema["TemplateMarks"][number]);
  if (name === "attributes") {
    const missing = value as { name: string; users: number };
    return t("notice.missing_attribute", { ...missing });
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function textOfString(name: string, value: string): string {
  if (name === "language" || name === "languages") return languageName(value);
  if (name === "message") return engineText(value) ?? value;
  const key = `${NAMED[name]}.${value}`;
  if (name in NAMED && hasMessage(key)) return t(key as MessageKey);

  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return formatZoned(value, organisationZone.value);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value)) return formatLocal(value);
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return formatDate(value, "UTC");
  return value;
}

function markText({ language, part, line, mark, variable }: Schema["TemplateMarks"][number]) {
  const place = { language: languageName(language), part: t(`mailPart.${part}`), line, mark };
  return variable ? t("mark.replaced", { ...place, variable }) : t("mark.place", place);
}
