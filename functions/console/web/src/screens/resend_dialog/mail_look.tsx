import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { previewTemplate } from "../../api/calls";
import { ProblemError } from "../../api/errors";
import type { PasswordChange, Schema } from "../../api/types";
import { languageName } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { MailPreview } from "../../parts/mail_preview";
import { ProblemBanner } from "../../parts/problem";
import { editOf, noteOf } from "../../state/draft";
import { useResource } from "../../state/resource";
import { shownName } from "../../state/shown_name";
import { editErrors, type Model } from "./model";
import { goToPlace } from "./places";
import { TestMail } from "./test_mail";

/** A pause in typing after which the mail is made again. */
const DELAY = 400;

/** The mail as one recipient gets it. */
export function MailLook({ model }: { model: Model }) {
  const chosen = useSignal<string | undefined>(undefined);
  const editLanguage = model.draft.edit?.language;
  useEffect(() => {
    chosen.value = undefined;
  }, [editLanguage]);
  // The mail that is edited is shown, until the operator chooses.
  const language = chosen.value ?? editLanguage ?? "";
  const answer = model.preview.answer.value?.preview;
  const eligible = answer?.eligible ?? [];
  const reader = eligible.find(row => row.language === model.draft.edit?.language)?.userId;
  const user = model.shownUser.value ?? reader ?? answer?.sample?.userId ?? eligible[0]?.userId;
  const owned = model.source.kind === "user" ? model.source.user.id : undefined;
  const shown = user ?? owned;
  if (!answer) return null;
  if (!shown) return <p class="hint">{t("dialog.look_nobody")}</p>;

  const body = lookBody(model, shown, language);
  return (
    <div class="mail-look">
      <h4>{t("dialog.look")}</h4>
      <div class="mail-look-fields">
        <RecipientField model={model} shown={shown} />
        <LanguageField
          model={model}
          shown={shown}
          language={language}
          onChange={tag => {
            chosen.value = tag;
          }}
        />
      </div>
      <Look model={model} body={body} />
      <TestMail model={model} body={body} />
    </div>
  );
}

/** The request for the mail of one recipient, as the draft stands. */
function lookBody(model: Model, userId: string, language: string): Schema["TemplatePreview"] {
  const { draft, settings } = model;
  const note = noteOf(draft, settings);
  const edit = editOf(draft);
  return {
    userId,
    passwordChange: changeOf(model, userId),
    ...(language ? { language } : {}),
    ...(edit ? { edit } : {}),
    ...(note ? { note } : {}),
  };
}

function changeOf({ preview, draft, passwordChange }: Model, userId: string): PasswordChange {
  const row = preview.answer.value?.preview.eligible.find(found => found.userId === userId);
  if (row?.passwordChangeReason) return row.passwordChange;
  return draft.passwordChangeByUser[userId] ?? passwordChange;
}

function RecipientField({ model, shown }: { model: Model; shown: string }) {
  const eligible = model.preview.answer.value?.preview.eligible ?? [];
  const isListed = eligible.some(row => row.userId === shown);
  const own = model.source.kind === "user" ? model.source.user : undefined;
  return (
    <Field label={t("dialog.look_recipient")}>
      {attributes => (
        <select
          {...attributes}
          class="select mail-recipient"
          value={shown}
          onChange={event => {
            model.shownUser.value = event.currentTarget.value;
          }}
        >
          {!isListed && (
            <option value={shown}>
              {own?.id === shown ? shownName(own) : t("dialog.look_chosen")}
            </option>
          )}
          {eligible.map(row => (
            <option key={row.userId} value={row.userId}>
              {shownName(row)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function LanguageField(props: {
  model: Model;
  shown: string;
  language: string;
  onChange: (language: string) => void;
}) {
  const { templates, templateId, preview } = props.model;
  const languages = templates.find(({ id }) => id === templateId)?.languages ?? [];
  const rows = preview.answer.value?.preview.eligible ?? [];
  const own = rows.find(({ userId }) => userId === props.shown)?.language;
  const hint =
    own && props.language && own !== props.language
      ? t("dialog.look_other_language", { language: languageName(own) })
      : undefined;
  return (
    <Field label={t("dialog.look_language")} hint={hint}>
      {attributes => (
        <select
          {...attributes}
          class="select"
          value={languages.includes(props.language) ? props.language : ""}
          onChange={event => props.onChange(event.currentTarget.value)}
        >
          <option value="">{t("dialog.look_own_language")}</option>
          {languages.map(tag => (
            <option key={tag} value={tag}>
              {languageName(tag)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** The mail stays visible while a newer one is made. */
function Look({ model, body }: { model: Model; body: Schema["TemplatePreview"] }) {
  const settled = useSettled(JSON.stringify([model.templateId, body]));
  const look = useResource(settled, async aborted => {
    const [template, asked] = JSON.parse(settled) as [string, Schema["TemplatePreview"]];
    return previewTemplate(template, asked, aborted);
  });
  const error = look.error.value;
  // Errors of the edit stand at its editor, and the last mail without them stays.
  const isEditWrong = model.draft.edit !== undefined && editErrors(error).length > 0;
  const isRefused = error instanceof ProblemError && error.status === 422 && !isEditWrong;
  const mail = look.value.value;
  return (
    <>
      <p role="status" class="preview-state">
        {look.loading.value && t("dialog.look_busy")}
        {!look.loading.value && isEditWrong && mail && t("dialog.look_outdated")}
      </p>
      <ProblemBanner
        error={isEditWrong ? undefined : error}
        onRetry={() => void look.reload()}
        summary={isRefused ? t("dialog.look_refused") : undefined}
        onGoTo={found => goToPlace(model, found)}
        isQuiet
      />
      {mail && !isRefused && (
        <MailPreview mail={mail} editedPart={model.draft.edit ? model.editedPart.value : "html"} />
      )}
    </>
  );
}

/** A value after it has not changed for a moment. */
function useSettled(value: string): string {
  const settled = useSignal(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      settled.value = value;
    }, DELAY);
    return () => clearTimeout(timer);
  }, [value]);
  return settled.value;
}
