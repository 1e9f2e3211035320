import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { putTemplate } from "../../api/calls";
import { ProblemError } from "../../api/errors";
import type { Template, Variable } from "../../api/types";
import { formatZoned, languageName, ownZone } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { Confirm } from "../../parts/confirm";
import { Field } from "../../parts/field";
import { firstLanguage } from "../../parts/first_language";
import { fieldError, ProblemBanner } from "../../parts/problem";
import { parameter, setParameters } from "../../routes";
import { useAction } from "../../state/action";
import { persisted } from "../../state/persisted";
import {
  fieldsOf,
  formOf,
  isSame,
  type MailSource,
  mergedForm,
  type TemplateDraft,
  type TemplateForm,
} from "../../state/template_draft";
import { Conflict } from "./conflict";
import { LanguageActions } from "./language_actions";
import { LanguageTabs } from "./language_tabs";
import { TestMail } from "./test_mail";
import { Variant } from "./variant";

/** Unsaved templates by id: they survive a reload, a new sign-in, and leaving the screen. */
const drafts = persisted<Record<string, TemplateDraft>>("templates.drafts", {});

interface Props {
  stored: Template;
  variables: Variable[];
  onStored: (template: Template) => void;
  reload: () => Promise<void>;
}

export function EditedTemplate({ stored, variables, onStored, reload }: Props) {
  const { running, error, run } = useAction();
  const isSaved = useSignal(false);
  const isDiscarding = useSignal(false);
  const theirs = formOf(stored);
  const draft = drafts.value[stored.id];
  const isFound = useSignal(draft !== undefined);
  const mine = draft?.mine ?? theirs;
  const isChanged = draft !== undefined && !isSame(theirs, mine);
  const isStale = isChanged && draft.version !== stored.version;
  const languages = Object.keys(mine.sources);
  const asked = parameter("language") ?? "";
  const language = mine.sources[asked] ? asked : firstLanguage(languages);

  const keep = (next: TemplateDraft | undefined) => {
    const { [stored.id]: _, ...others } = drafts.value;
    drafts.value = next ? { ...others, [stored.id]: next } : others;
  };
  // A draft that is stored word for word is none: a save without an answer had been carried out.
  useEffect(() => {
    if (draft && !draft.setAside && isSame(theirs, draft.mine)) keep(undefined);
  }, [stored.version]);

  const change = (changed: Partial<TemplateForm>) => {
    isSaved.value = false;
    const from = drafts.value[stored.id] ?? {
      base: theirs,
      version: stored.version,
      mine: theirs,
      since: new Date().toISOString(),
    };
    keep({ ...from, mine: { ...from.mine, ...changed } });
  };
  const changeSource = (tag: string, source: MailSource) => {
    const before = (drafts.value[stored.id]?.mine ?? theirs).sources;
    change({ sources: { ...before, [tag]: source } });
  };
  const save = (form: TemplateForm, version: number) =>
    run(async () => {
      try {
        const written = await putTemplate(stored.id, fieldsOf(form), version);
        onStored(written);
        // Text that was written while the request ran stays a draft.
        const now = drafts.value[stored.id];
        const isMore = now && !isSame(now.mine, form);
        keep(isMore ? { ...now, base: formOf(written), version: written.version } : undefined);
        isSaved.value = true;
        isFound.value = false;
      } catch (caught) {
        const isBehind = caught instanceof ProblemError && [409, 412].includes(caught.status);
        if (!isBehind) throw caught;
        await reload();
        if (caught.status === 409) throw caught;
      }
    });

  return (
    <div class="template-form">
      {isFound.value && isChanged && (
        <div class="banner" role="status">
          <p>{t("template.draft", { at: formatZoned(draft.since, ownZone()) })}</p>
          <div class="actions">
            <button
              type="button"
              class="button"
              onClick={() => {
                isFound.value = false;
              }}
            >
              {t("template.continue")}
            </button>
            <DiscardButton
              onPress={() => {
                isDiscarding.value = true;
              }}
            />
          </div>
        </div>
      )}
      {draft?.setAside && (
        <SetAside
          onBringBack={() =>
            keep({ ...draft, mine: draft.setAside ?? draft.mine, setAside: undefined })
          }
          onDrop={() => keep(isChanged ? { ...draft, setAside: undefined } : undefined)}
        />
      )}
      {isStale && (
        <Conflict
          theirs={theirs}
          mine={mine}
          onUseTheirs={() =>
            keep({ ...draft, base: theirs, version: stored.version, mine: theirs, setAside: mine })
          }
          onKeepMine={() => {
            const merged = mergedForm(draft.base, theirs, mine);
            keep({ ...draft, base: theirs, version: stored.version, mine: merged });
            void save(merged, stored.version);
          }}
        />
      )}
      <ProblemBanner
        error={error.value}
        onRetry={() => void save(mine, draft?.version ?? stored.version)}
        fieldName={placeName}
        onGoTo={({ pointer = "" }) => {
          const tag = pointer.split("/")[2];
          if (tag) setParameters({ language: tag }, { replace: true });
          document.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(pointer)}"]`)?.focus();
        }}
      />
      <Field label={t("templates.name")} pointer="/name" error={fieldError(error.value, "/name")}>
        {attributes => (
          <input
            {...attributes}
            class="input"
            value={mine.name}
            autocomplete="off"
            onInput={event => change({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <LanguageTabs
        languages={languages}
        chosen={language}
        onChoose={chosen => setParameters({ language: chosen }, { replace: true })}
      >
        {mine.sources[language] && (
          <Variant
            key={language}
            templateId={stored.id}
            language={language}
            source={mine.sources[language]}
            stored={theirs.sources[language]}
            madeText={stored.variants[language]?.text}
            variables={variables}
            onChange={source => changeSource(language, source)}
          />
        )}
      </LanguageTabs>
      <LanguageActions form={mine} chosen={language} onChange={sources => change({ sources })} />
      <div class="actions form-end">
        <button
          type="button"
          class="button primary"
          aria-disabled={running.value || isStale || !isChanged}
          onClick={() => {
            if (isChanged && !isStale) void save(mine, draft.version);
          }}
        >
          {t("template.save")}
        </button>
        {isChanged && (
          <DiscardButton
            onPress={() => {
              isDiscarding.value = true;
            }}
          />
        )}
        <span role="status">
          {isChanged ? t("template.unsaved") : isSaved.value && t("template.saved")}
        </span>
      </div>
      <TestMail template={stored} language={language} isChanged={isChanged} />
      {isDiscarding.value && (
        <Confirm
          title={t("template.discard_title")}
          action={t("template.discard")}
          onConfirm={async () => keep(undefined)}
          onClose={() => {
            isDiscarding.value = false;
          }}
        >
          <p>{t("template.discard_question")}</p>
        </Confirm>
      )}
    </div>
  );
}

function DiscardButton({ onPress }: { onPress: () => void }) {
  return (
    <button type="button" class="button" onClick={onPress}>
      {t("template.discard")}
    </button>
  );
}

function SetAside({ onBringBack, onDrop }: { onBringBack: () => void; onDrop: () => void }) {
  return (
    <div class="banner" role="status">
      <p>{t("template.set_aside")}</p>
      <div class="actions">
        <button type="button" class="button" onClick={onBringBack}>
          {t("template.bring_back")}
        </button>
        <button type="button" class="button" onClick={onDrop}>
          {t("template.drop")}
        </button>
      </div>
    </div>
  );
}

/** "English · HTML", of a pointer such as `/variants/en/html`. */
function placeName(pointer: string): string | undefined {
  const [, field, language, part] = pointer.split("/");
  if (field === "name") return t("templates.name");
  if (field !== "variants" || !language) return undefined;
  const names = { subject: t("editor.subject"), html: t("editor.html"), text: t("editor.text") };
  const partName = names[part as keyof typeof names];
  return partName ? `${languageName(language)} · ${partName}` : languageName(language);
}
