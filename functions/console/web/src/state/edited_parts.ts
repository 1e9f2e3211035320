/** The parts of a mail that an operator has changed. */

import { type Draft, editOf } from "./draft";
import type { MailSource } from "./template_draft";

export type EditedPart = keyof MailSource;

/** The parts that differ. A text that is made from the HTML differs with it. */
export function editedParts(base: MailSource, source: MailSource): EditedPart[] {
  const parts: EditedPart[] = [];
  if (source.subject !== base.subject) parts.push("subject");
  const isHtmlEdited = source.html !== base.html;
  if (isHtmlEdited) parts.push("html");
  const isMadeAgain = isHtmlEdited && source.text === undefined;
  if (source.text !== base.text || isMadeAgain) parts.push("text");
  return parts;
}

/** The parts of the mail that a draft of a resend changes. What may go is taken out of the HTML. */
export function editedPartsOf(draft: Draft): EditedPart[] {
  const edit = editOf(draft);
  if (!edit) return [];
  const base = draft.editBase ?? { subject: "", html: "" };
  const parts = editedParts(base, edit);
  const isCleaned = edit.clean === true && !parts.includes("html");
  return isCleaned ? editedParts({ ...base, html: "" }, edit) : parts;
}
