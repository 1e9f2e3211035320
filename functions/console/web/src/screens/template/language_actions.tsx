import { useSignal } from "@preact/signals";
import { languageName } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { Confirm } from "../../parts/confirm";
import { Field } from "../../parts/field";
import { setParameters } from "../../routes";
import { emptySource, type MailSource, type TemplateForm, tagOf } from "../../state/template_draft";

interface Props {
  form: TemplateForm;
  chosen: string;
  onChange: (sources: Record<string, MailSource>) => void;
}

/** Adds a language, as a copy of the one that is shown, or removes the one that is shown. */
export function LanguageActions({ form, chosen, onChange }: Props) {
  const typed = useSignal("");
  const error = useSignal<string | undefined>(undefined);
  const isRemoving = useSignal(false);
  const languages = Object.keys(form.sources);

  const add = () => {
    const tag = tagOf(typed.value);
    error.value = undefined;
    if (!tag) error.value = t("template.not_a_tag");
    else if (form.sources[tag]) error.value = t("template.has_language");
    if (!tag || error.value) return;
    onChange({ ...form.sources, [tag]: form.sources[chosen] ?? emptySource(tag) });
    typed.value = "";
    setParameters({ language: tag }, { replace: true });
  };
  const remove = async () => {
    const { [chosen]: _, ...others } = form.sources;
    onChange(others);
    setParameters({ language: undefined }, { replace: true });
  };
  return (
    <details class="language-actions">
      <summary>{t("template.change_languages")}</summary>
      <Field label={t("template.add_label")} hint={t("template.add_hint")} error={error.value}>
        {attributes => (
          <input
            {...attributes}
            class="input language-tag"
            value={typed.value}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            onInput={event => {
              typed.value = event.currentTarget.value;
            }}
            onKeyDown={event => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              if (!event.isComposing) add();
            }}
          />
        )}
      </Field>
      <div class="actions">
        <button type="button" class="button" onClick={add}>
          {t("template.add")}
        </button>
        {languages.length > 1 && (
          <button
            type="button"
            class="button danger"
            onClick={() => {
              isRemoving.value = true;
            }}
          >
            {t("template.remove", { language: languageName(chosen) })}
          </button>
        )}
      </div>
      {isRemoving.value && (
        <Confirm
          title={t("template.remove", { language: languageName(chosen) })}
          action={t("template.remove", { language: languageName(chosen) })}
          onConfirm={remove}
          onClose={() => {
            isRemoving.value = false;
          }}
        >
          <p>{t("template.remove_question")}</p>
        </Confirm>
      )}
    </details>
  );
}
