import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { listVariables, readTemplate } from "../../api/calls";
import { languageName } from "../../i18n/format";
import { t } from "../../i18n/messages";
import type { FindingLike } from "../../parts/finding_list";
import { firstLanguage } from "../../parts/first_language";
import { MailEditor, type MailEditorHandle } from "../../parts/mail_editor";
import { ProblemBanner } from "../../parts/problem";
import { useAction } from "../../state/action";
import { editOf, type MailEdit } from "../../state/draft";
import { editedPartsOf } from "../../state/edited_parts";
import { may } from "../../state/operator";
import { useResource } from "../../state/resource";
import { beginEdit, EditLanguage, languagesOf, OpenLanguage } from "./edit_language";
import { editErrors, type Model } from "./model";

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

function BeginEdit({
  model,
  button,
}: {
  model: Model;
  button: { current: HTMLButtonElement | null };
}) {
  const chosen = useSignal("");
  const { running, error, run } = useAction();
  const languages = languagesOf(model);
  const language = languages.includes(chosen.value) ? chosen.value : firstLanguage(languages);
  const begin = () => run(() => beginEdit(model, language));
  return (
    <div class="mail-begin-edit">
      <EditLanguage
        languages={languages}
        chosen={language}
        onChoose={tag => {
          chosen.value = tag;
        }}
      />
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
    if (document.activeElement !== document.body) return;
    heading.current?.scrollIntoView({ block: "start" });
    heading.current?.focus();
  }, []);

  const place = model.goToEdit.value;
  useEffect(() => {
    if (!place) return;
    model.goToEdit.value = undefined;
    editor.current?.goTo({ ...place, detail: "", rule: "" });
  }, [place]);

  const variant = template.value.value?.variants[edit.language];
  const isEdited = editOf(model.draft) !== undefined;
  return (
    <div class="mail-edit">
      <h4 ref={heading} tabIndex={-1}>
        {t("dialog.edit_title", { language: languageName(edit.language) })}
      </h4>
      <OpenLanguage model={model} edit={edit} isEdited={isEdited} />
      <MailEditor
        value={edit}
        onChange={({ subject, html, text }) =>
          model.change({
            edit: { ...keptOf(edit), subject, html, ...(text === undefined ? {} : { text }) },
          })
        }
        findings={findingsOf(model)}
        edited={editedPartsOf(model.draft)}
        onPart={part => {
          model.editedPart.value = part;
        }}
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
      <button
        type="button"
        class="button"
        onClick={() => model.change({ edit: undefined, editBase: undefined })}
      >
        {isEdited ? t("dialog.edit_drop") : t("dialog.edit_close")}
      </button>
    </div>
  );
}

/** The part of a change that the editor does not hold. */
function keptOf({ language, clean }: MailEdit): Pick<MailEdit, "language" | "clean"> {
  return clean ? { language, clean } : { language };
}

/** The errors of the changed mail that the preview has told. */
function findingsOf({ preview }: Model): FindingLike[] {
  return editErrors(preview.error.value) as FindingLike[];
}
