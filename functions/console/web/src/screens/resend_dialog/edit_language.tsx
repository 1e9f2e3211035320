import { useRef } from "preact/hooks";
import { readTemplate } from "../../api/calls";
import { languageName } from "../../i18n/format";
import { t, tn } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { ProblemBanner } from "../../parts/problem";
import { useAction } from "../../state/action";
import type { Draft, MailEdit } from "../../state/draft";
import { sourceOf } from "../../state/template_draft";
import type { Model } from "./model";

/** The languages of the template, the one that most recipients read first. */
export function languagesOf({ templates, templateId, preview }: Model): string[] {
  const languages = templates.find(({ id }) => id === templateId)?.languages ?? [];
  const counts = preview.answer.value?.preview.counts.byLanguage ?? {};
  return [...languages].sort((one, other) => (counts[other] ?? 0) - (counts[one] ?? 0));
}

/** Begins to edit the mail in a language; in the first one of the template if it lacks that. */
export async function beginEdit(model: Model, language: string): Promise<void> {
  const { variants } = await readTemplate(model.templateId);
  const tag = language in variants ? language : (Object.keys(variants)[0] ?? "");
  const variant = variants[tag];
  if (!variant) return;
  const { subject, html, text } = sourceOf(variant);
  const edit = { language: tag, subject, html, ...(text === undefined ? {} : { text }) };
  model.change({ edit, editBase: { subject, html, text } });
}

/** The choice of the language that is edited, where there is one. */
export function EditLanguage(props: {
  languages: string[];
  chosen: string;
  hint?: string | undefined;
  onChoose: (language: string) => void;
}) {
  if (props.languages.length < 2) return null;
  return (
    <Field label={t("dialog.edit_language")} hint={props.hint}>
      {attributes => (
        <select
          {...attributes}
          class="select"
          value={props.chosen}
          onChange={event => props.onChoose(event.currentTarget.value)}
        >
          {props.languages.map(tag => (
            <option key={tag} value={tag}>
              {languageName(tag)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/**
 * The language of an open edit, and how many recipients read others. Only one language can be edited: what was written
 * in another one comes back when the operator goes back to it.
 */
export function OpenLanguage({
  model,
  edit,
  isEdited,
}: {
  model: Model;
  edit: MailEdit;
  isEdited: boolean;
}) {
  const { error, run } = useAction();
  const left = useRef<Record<string, Pick<Draft, "edit" | "editBase">>>({});
  const wanted = useRef(edit.language);
  const choose = (language: string) => {
    wanted.current = language;
    const { edit: present, editBase } = model.draft;
    left.current[edit.language] = { edit: present, editBase };
    const before = left.current[language];
    if (before) model.change(before);
    else void run(() => beginEdit(model, language));
  };
  const languages = languagesOf(model);
  const isKnown = languages.includes(edit.language);
  return (
    <>
      <EditLanguage
        languages={isKnown ? languages : [edit.language, ...languages]}
        chosen={edit.language}
        hint={isEdited ? t("dialog.edit_language_drops") : undefined}
        onChoose={choose}
      />
      <ProblemBanner error={error.value} onRetry={() => choose(wanted.current)} />
      <OtherLanguages model={model} edit={edit} />
    </>
  );
}

/** Says how many recipients read the mail in a language that stays as it is. */
function OtherLanguages({ model, edit }: { model: Model; edit: MailEdit }) {
  const counts = model.preview.answer.value?.preview.counts.byLanguage ?? {};
  const isRead = (counts[edit.language] ?? 0) > 0;
  const others = Object.entries(counts)
    .filter(([tag]) => tag !== edit.language)
    .reduce((sum, [, count]) => sum + count, 0);
  if (others === 0) return null;
  if (!isRead) return <p class="banner warning">{t("dialog.edit_nobody")}</p>;
  return <p class="hint">{tn("dialog.edit_others", others)}</p>;
}
