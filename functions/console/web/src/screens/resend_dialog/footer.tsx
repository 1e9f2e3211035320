import { formatWithoutYear, zoneName } from "../../i18n/format";
import { t, tn } from "../../i18n/messages";
import { discardDraft } from "../../state/draft_store";
import type { Creation } from "./creation";
import { type Model, mailCount } from "./model";
import { hasPasswordChoice, usedChanges } from "./passwords";
import { canPress, hasFieldErrors, isCurrent, isRepeat } from "./press";

interface Props {
  model: Model;
  creation: Creation;
  onPress: () => void;
}

/** The summary of what will happen, and the one button that does it. Always visible. */
export function Footer({ model, creation, onPress }: Props) {
  const isOff = !canPress(model, creation);
  return (
    <div class="resend-footer">
      <p id="resend-summary">
        {isRepeat(model) ? t("dialog.summary_unanswered") : summaryText(model)}
      </p>
      <div class="actions">
        {model.draft.isTouched && (
          <button
            type="button"
            class="button quiet"
            aria-disabled={creation.isRunning.value}
            onClick={() => !creation.isRunning.value && discardDraft(model.source)}
          >
            {t("dialog.start_over")}
          </button>
        )}
        <button
          type="button"
          class="button primary"
          aria-disabled={isOff}
          aria-describedby="resend-summary"
          aria-keyshortcuts="Control+Enter"
          onClick={onPress}
        >
          {creation.isRunning.value ? t("dialog.running") : buttonText(model)}
        </button>
      </div>
    </div>
  );
}

/** The words of the button: it says what it does. */
export function buttonText(model: Model): string {
  if (isRepeat(model)) return t("common.try_again");
  if (hasFieldErrors(model)) return t("dialog.button_correct");
  const count = mailCount(model);
  if (count === undefined) return t("dialog.button_counting");
  if (count === 0 && isCurrent(model)) return t("dialog.button_nobody");

  const isAbout = model.preview.answer.value?.preview.estimated ?? false;
  const isNow = model.draft.start.kind === "now";
  if (isAbout)
    return isNow ? t("dialog.send_about", { count }) : t("dialog.schedule_about", { count });
  return isNow ? tn("dialog.send", count) : tn("dialog.schedule", count);
}

/** "99 mails, Tue 1 Dec, 09:00 Japan time, Invitation (edited), passwords kept". */
export function summaryText(model: Model): string {
  const count = mailCount(model);
  const isAbout = model.preview.answer.value?.preview.estimated ?? false;
  const mails = () => {
    if (count === undefined) return t("dialog.button_counting");
    return isAbout ? t("dialog.mails_about", { count }) : tn("dialog.mails", count);
  };
  const parts = { mails: mails(), start: startText(model), template: templateText(model) };
  return hasPasswordChoice()
    ? t("dialog.summary_passwords", { ...parts, passwords: passwordText(model) })
    : t("dialog.summary", parts);
}

function startText({ start }: Model): string {
  if (start.kind === "now") return t("dialog.start_now");
  if (start.kind !== "at") return t("dialog.start_open");
  return t("dialog.start_at", {
    at: formatWithoutYear(start.at, start.zone),
    zone: zoneName(start.zone, start.at, "longGeneric"),
  });
}

function templateText({ draft, templates, templateId }: Model): string {
  const name = templates.find(({ id }) => id === templateId)?.name ?? templateId;
  const withNote = draft.note.trim() !== "";
  if (draft.edit && withNote) return t("dialog.template_edited_note", { name });
  if (draft.edit) return t("dialog.template_edited", { name });
  return withNote ? t("dialog.template_note", { name }) : name;
}

/** The passwords in words, by what the preview has counted. */
function passwordText(model: Model): string {
  const counts = model.preview.answer.value?.preview.counts.byPasswordChange ?? {};
  const changed = usedChanges(model).filter(
    change => change !== "keep" && (counts[change] ?? 0) > 0,
  );
  if (changed.length === 0) return t("dialog.passwords_kept");
  const [first] = new Set(changed);
  const isOne = new Set(changed).size === 1 && !counts.keep;
  if (!isOne) {
    const count = (counts.set_link ?? 0) + (counts.temporary ?? 0);
    return tn("dialog.passwords_some", count);
  }
  return first === "set_link" ? t("dialog.passwords_link") : t("dialog.passwords_temporary");
}
