import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { listVariables, readTemplate } from "../../api/calls";
import { ProblemError } from "../../api/errors";
import type { Template } from "../../api/types";
import { languageName } from "../../i18n/format";
import { t, tn } from "../../i18n/messages";
import { Field } from "../../parts/field";
import type { FindingLike } from "../../parts/finding_list";
import { MailEditor, type MailEditorHandle } from "../../parts/mail_editor";
import { ProblemBanner } from "../../parts/problem";
import { useAction } from "../../state/action";
import type { MailEdit } from "../../state/draft";
import { may } from "../../state/operator";
import { useResource } from "../../state/resource";
import type { Model } from "./model";

/** The change of the mail for this resend only: of one language, as the API takes it. */
export function MailEditSection({ model }: { model: Model }) {
  const button = useRef<HTMLButtonElement>(null);
  const hadEdit = useRef(model.draft.edit !== undefined);
  const hasEdit = model.draft.edit !== undefined;
  useEffect(() => {
    // The button that dropped the changes is gone.
    if (hadEdit.current && !hasEdit && document.activeElement === document.body)
      button.current?.focus();
    hadEdit.current = hasEdit;
  }, [hasEdit]);

  if (!may.editTemplates.value) return <p class="hint">{t("dialog.edit_needs_role")}</p>;
  if (model.draft.edit) return <OpenEdit model={model} edit={model.draft.edit} />;
  return <BeginEdit model={model} button={button} />;
}

/** The languages of the template, the one that most recipients read first. */
function languagesOf({ templates, templateId, preview }: Model): string[] {
  const languages = templates.find(({ id }) => id === templateId)?.languages ?? [];
  const counts = preview.answer.value?.preview.counts.byLanguage ?? {};
  return [...languages].sort((one, other) => (counts[other] ?? 0) - (counts[one] ?? 0));
}

function BeginEdit({
  model,
  button,
}: {
  model: Model;
  button: { current: HTMLButtonElement | null };
}) {
  const { running, error, run } = useAction();
  const chosen = useSignal("");
  const languages = languagesOf(model);
  const language = languages.includes(chosen.value) ? chosen.value : languages[0];
  const begin = () =>
    run(async () => {
      const { variants } = await readTemplate(model.templateId);
      const tag = language ?? Object.keys(variants)[0] ?? "";
      const variant = variants[tag];
      if (!variant) return;
      const { subject, html, text, textMade } = variant;
      model.change({ edit: { language: tag, subject, html, ...(textMade ? {} : { text }) } });
    });
  return (
    <div class="mail-begin-edit">
      {languages.length > 1 && (
        <Field label={t("dialog.edit_language")}>
          {attributes => (
            <select
              {...attributes}
              class="select"
              value={language}
              onChange={event => {
                chosen.value = event.currentTarget.value;
              }}
            >
              {languages.map(tag => (
                <option key={tag} value={tag}>
                  {languageName(tag)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <button
        ref={button}
        type="button"
        class="button"
        aria-disabled={running.value}
        onClick={() => void begin()}
      >
        {t("dialog.edit")}
      </button>
      <ProblemBanner error={error.value} onRetry={() => void begin()} />
    </div>
  );
}

function OpenEdit({ model, edit }: { model: Model; edit: MailEdit }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const editor = useRef<MailEditorHandle>(null);
  const variables = useResource("variables", listVariables);
  const template = useResource(model.templateId, aborted =>
    readTemplate(model.templateId, aborted),
  );
  useEffect(() => {
    // The button that began the change is gone. A dialog that opens with a change keeps the focus on its heading.
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);

  const findings = findingsOf(model);
  const place = model.goToEdit.value;
  useEffect(() => {
    if (!place) return;
    model.goToEdit.value = undefined;
    editor.current?.goTo({ ...place, detail: "", rule: "" });
  }, [place]);

  const variant = variantOf(template.value.value, edit.language);
  return (
    <div class="mail-edit">
      <h4 ref={heading} tabIndex={-1}>
        {t("dialog.edit_title", { language: languageName(edit.language) })}
      </h4>
      <OtherLanguages model={model} edit={edit} />
      <MailEditor
        value={edit}
        onChange={({ subject, html, text }) =>
          model.change({
            edit: { ...keptOf(edit), subject, html, ...(text === undefined ? {} : { text }) },
          })
        }
        findings={findings}
        variables={variables.value.value ?? []}
        language={edit.language}
        historyKey={`resend/${model.templateId}/${edit.language}`}
        madeText={variant?.text}
        canMakeText={variant?.textMade === true}
        editorHandle={editor}
        onClean={() => model.change({ edit: { ...edit, clean: true } })}
      />
      {edit.clean && <p class="hint">{t("dialog.edit_cleaned")}</p>}
      <ProblemBanner
        error={variables.error.value}
        onRetry={() => void variables.reload()}
        isQuiet
      />
      <button type="button" class="button" onClick={() => model.change({ edit: undefined })}>
        {t("dialog.edit_drop")}
      </button>
    </div>
  );
}

/** The part of a change that the editor does not hold. */
function keptOf({ language, clean }: MailEdit): Pick<MailEdit, "language" | "clean"> {
  return clean ? { language, clean } : { language };
}

function variantOf(template: Template | undefined, language: string) {
  return template?.variants[language];
}

/** The errors of the changed mail that the preview has told. */
function findingsOf({ preview }: Model): FindingLike[] {
  const error = preview.error.value;
  if (!(error instanceof ProblemError)) return [];
  return error.errors.filter(one => one.pointer?.startsWith("/edit")) as FindingLike[];
}

/** Says how many recipients read the mail in a language that stays as it is. */
function OtherLanguages({ model, edit }: { model: Model; edit: MailEdit }) {
  const counts = model.preview.answer.value?.preview.counts.byLanguage ?? {};
  const others = Object.entries(counts)
    .filter(([tag]) => tag !== edit.language)
    .reduce((sum, [, count]) => sum + count, 0);
  if (others === 0) return null;
  return <p class="hint">{tn("dialog.edit_others", others)}</p>;
}
