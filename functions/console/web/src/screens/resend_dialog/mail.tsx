import { useId } from "preact/hooks";
import type { TemplateName } from "../../api/calls";
import { t, tn } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { fieldError } from "../../parts/problem";
import { editOf, NOTE_LENGTH } from "../../state/draft";
import { shownTemplateName } from "../../state/shown_name";
import { MailEditSection } from "./mail_edit";
import { MailLook } from "./mail_look";
import type { Model } from "./model";
import { Section } from "./section";

/** The section of the e-mail: the template, its change for this resend, a note, and the mail of any recipient. */
export function MailSection({ model }: { model: Model }) {
  return (
    <Section name="mail" title={t("dialog.mail")}>
      <TemplateField model={model} />
      <MailEditSection model={model} />
      {model.settings.notes && <NoteField model={model} />}
      <MailLook model={model} />
    </Section>
  );
}

function TemplateField({ model }: { model: Model }) {
  const { templates, templateId, settings, draft, change, preview } = model;
  const hint = editOf(draft) ? t("dialog.template_drops_edit") : undefined;
  return (
    <Field
      label={t("dialog.template")}
      hint={hint}
      error={fieldError(preview.error.value, "/templateId")}
      pointer="/templateId"
    >
      {attributes => (
        <select
          {...attributes}
          class="select"
          value={templateId}
          onChange={event =>
            change({ templateId: event.currentTarget.value, edit: undefined, editBase: undefined })
          }
        >
          {templates.map(template => (
            <option key={template.id} value={template.id}>
              {optionText(template, settings.defaultTemplateId)}
            </option>
          ))}
          {!templates.some(({ id }) => id === templateId) && (
            <option value={templateId}>{templateId}</option>
          )}
        </select>
      )}
    </Field>
  );
}

function optionText(template: TemplateName, defaultId: string): string {
  const name = shownTemplateName(template);
  return template.id === defaultId ? t("dialog.template_default", { name }) : name;
}

/** A note of the sender. Its length is counted as the API counts it, in characters. */
function NoteField({ model }: { model: Model }) {
  const { draft, change, preview } = model;
  const counter = useId();
  const left = NOTE_LENGTH - [...draft.note].length;
  const error =
    left < 0 ? tn("dialog.note_too_long", -left) : fieldError(preview.error.value, "/note");
  return (
    <Field label={t("dialog.note")} hint={t("dialog.note_hint")} error={error} pointer="/note">
      {attributes => (
        <>
          <textarea
            {...attributes}
            class="textarea"
            rows={3}
            value={draft.note}
            onInput={event => change({ note: event.currentTarget.value })}
          />
          <p class="hint" id={counter}>
            {t("dialog.note_left", { count: NOTE_LENGTH - left, max: NOTE_LENGTH })}
          </p>
        </>
      )}
    </Field>
  );
}
