/** The draft in words: on the button, and in the summary beside it. */

import { formatWithoutYear, languageName } from "../../i18n/format";
import { t, tn } from "../../i18n/messages";
import { partNames } from "../../parts/edited_parts";
import { type Draft, editOf } from "../../state/draft";
import { editedPartsOf } from "../../state/edited_parts";
import { shownTemplateName } from "../../state/shown_name";
import { isWaived, type Model, mailCount } from "./model";
import { joined, passwordText } from "./password_words";
import { hasPasswordChoice } from "./passwords";
import { hasFieldErrors, isCurrent, isRepeat } from "./press";

/** The words of the button: it says what it does. */
export function buttonText(model: Model): string {
  if (isRepeat(model)) return t("common.try_again");
  if (hasFieldErrors(model) && !isTypingZone(model)) return t("dialog.button_correct");
  const count = mailCount(model);
  if (count === undefined) return t("dialog.button_counting");
  if (count === 0 && isCurrent(model)) return t("dialog.button_nobody");

  const isNow = model.draft.start.kind === "now";
  if (isEstimated(model))
    return isNow ? t("dialog.send_about", { count }) : t("dialog.schedule_about", { count });
  return isNow ? tn("dialog.send", count) : tn("dialog.schedule", count);
}

/**
 * "99 mails, Tue 1 Dec, 09:00, Asia/Tokyo (GMT+9), Invitation (edited), passwords kept"; or why there are no such figures. In
 * short without what the button and the form say.
 */
export function summaryText(model: Model, isShort = false): string {
  if (isRepeat(model)) return t("dialog.summary_unanswered");
  if (isTypingZone(model)) return t("dialog.summary_typing");
  if (hasFieldErrors(model)) return t("dialog.summary_wrong");
  if (model.preview.error.value) return t("dialog.summary_failed");

  const parts = [startText(model)];
  if (!isShort) parts.unshift(mailsText(model));
  if (!isShort) parts.push(templateText(model));
  if (hasPasswordChoice()) parts.push(passwordText(passwordCounts(model), isEstimated(model)));
  return joined(parts);
}

/** Whether a zone is still being typed, so that it is no error yet. */
function isTypingZone({ isTyping, start }: Model): boolean {
  return isTyping.value && start.kind === "unknown_zone";
}

function isEstimated({ preview }: Model): boolean {
  return preview.answer.value?.preview.estimated ?? false;
}

function mailsText(model: Model): string {
  const count = mailCount(model);
  if (count === undefined) return t("dialog.button_counting");
  return isEstimated(model) ? t("dialog.mails_about", { count }) : tn("dialog.mails", count);
}

function startText({ start }: Model): string {
  if (start.kind !== "at") return t("dialog.start_now");
  return formatWithoutYear(start.at, start.zone);
}

function templateText({ draft, templates, templateId }: Model): string {
  const template = templates.find(({ id }) => id === templateId);
  const name = shownTemplateName(template ?? { id: templateId, name: templateId });
  const withNote = draft.note.trim() !== "";
  const edited = editedText(draft);
  if (edited && withNote) return t("dialog.template_edited_note", { name, edited });
  if (edited) return t("dialog.template_edited", { name, edited });
  return withNote ? t("dialog.template_note", { name }) : name;
}

/** "edited: text part of English", if the draft changes the mail. */
function editedText(draft: Draft): string | undefined {
  const edit = editOf(draft);
  if (!edit) return undefined;
  const [parts, language] = [partNames(editedPartsOf(draft)), languageName(edit.language)];
  return t("dialog.edited", { parts, language });
}

/** How many users get each password change. The preview does not count the user whose cooldown is waived. */
function passwordCounts(model: Model): Record<string, number> {
  const { source, draft, passwordChange, preview } = model;
  if (source.kind === "user" && isWaived(model))
    return { [draft.passwordChangeByUser[source.user.id] ?? passwordChange]: 1 };
  return preview.answer.value?.preview.counts.byPasswordChange ?? {};
}
