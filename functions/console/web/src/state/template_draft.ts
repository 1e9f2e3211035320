/** Templates that the operator has changed and not stored, by id. */

import type { Schema, Template, Variant } from "../api/types";
import { differences } from "./merge";

/** The source of a mail in one language. Without a text, the text is made from the HTML. */
export interface MailSource {
  subject: string;
  html: string;
  text?: string | undefined;
}

export interface TemplateForm {
  name: string;
  sources: Record<string, MailSource>;
}

/** A form with the template that it began from. */
export interface TemplateDraft {
  base: TemplateForm;
  version: number;
  mine: TemplateForm;
  /** The instant of the first change. */
  since: string;
  /** My text, set aside when theirs was taken. */
  setAside?: TemplateForm | undefined;
}

/** Whether a template comes with Reinvite: it is neither changed nor deleted. The API reserves its id. */
export const isBuiltIn = (id: string) => id === "invitation";

const lines = (text: string) => text.replace(/\r\n?/g, "\n");

/** The source of a stored mail, with the line breaks of the editor. */
export function sourceOf({ subject, html, text, textMade }: Variant): MailSource {
  // The subject is one line; stored ones may end in a line break.
  const source = { subject: lines(subject).trim(), html: lines(html) };
  return textMade ? source : { ...source, text: lines(text) };
}

export function formOf(template: Pick<Template, "name" | "variants">): TemplateForm {
  const sources = Object.entries(template.variants).map(([tag, variant]) => [
    tag,
    sourceOf(variant),
  ]);
  return { name: template.name, sources: Object.fromEntries(sources) };
}

/** The form as the API takes it. */
export function fieldsOf(form: TemplateForm): Schema["TemplateFields"] {
  return { name: form.name.trim(), variants: form.sources };
}

export function isSame(one: TemplateForm, other: TemplateForm): boolean {
  return one.name === other.name && differences(one.sources, other.sources).length === 0;
}

/** A part of a template that two forms have differently. Without a language it is the name. */
export interface Differing {
  language?: string;
  part: "name" | keyof MailSource;
  theirs: string;
  mine: string;
}

/** The languages and parts that differ. A language that only one form has differs in all its parts. */
export function differing(theirs: TemplateForm, mine: TemplateForm): Differing[] {
  const found: Differing[] = [];
  if (theirs.name !== mine.name) found.push({ part: "name", theirs: theirs.name, mine: mine.name });
  for (const language of differences(theirs.sources, mine.sources)) {
    const [left, right] = [theirs.sources[language], mine.sources[language]];
    for (const part of ["subject", "html", "text"] as const) {
      const [one, other] = [left?.[part] ?? "", right?.[part] ?? ""];
      if (one !== other) found.push({ language, part, theirs: one, mine: other });
    }
  }
  return found;
}

/** Theirs with my changes on top, language by language and part by part. */
export function mergedForm(base: TemplateForm, theirs: TemplateForm, mine: TemplateForm) {
  const sources = { ...theirs.sources };
  for (const language of differences(base.sources, mine.sources)) {
    const [before, other, own] = [base, theirs, mine].map(form => form.sources[language]);
    if (!own) delete sources[language];
    else if (!before || !other) sources[language] = own;
    else sources[language] = mergedSource(before, other, own);
  }
  return { name: base.name === mine.name ? theirs.name : mine.name, sources };
}

function mergedSource(base: MailSource, theirs: MailSource, mine: MailSource): MailSource {
  const merged: MailSource = { ...theirs };
  for (const part of differences(base, mine) as (keyof MailSource)[]) {
    const own = mine[part];
    if (own === undefined) delete merged.text;
    else merged[part] = own;
  }
  return merged;
}

/** A language tag as a template may have: letters, digits and hyphens. The API knows which are registered. */
export function tagOf(typed: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(typed.trim())[0];
  } catch {
    return undefined;
  }
}

/** The source of a mail that says the least. */
export function emptySource(language: string): MailSource {
  const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<title>{{ organisation.name }}</title>
</head>
<body>
<p>{{ user.name }}</p>
<p><a href="{{ login_url }}">{{ login_url }}</a></p>
</body>
</html>
`;
  return { subject: "{{ organisation.name }}", html };
}

/** Two texts without the lines in which both begin and end. */
export function differingLines(theirs: string, mine: string): { theirs: string; mine: string } {
  const [left, right] = [theirs.split("\n"), mine.split("\n")];
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const cut = (all: string[]) => {
    const middle = all.slice(start, all.length - end);
    return [...(start ? ["…"] : []), ...middle, ...(end ? ["…"] : [])].join("\n");
  };
  return { theirs: cut(left), mine: cut(right) };
}
