import { useRef } from "preact/hooks";
import { createTemplate, readTemplate, type TemplateName } from "../../api/calls";
import { languageName } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { fieldError, ProblemBanner } from "../../parts/problem";
import { navigate, parameter, setParameters, to } from "../../routes";
import { useAction } from "../../state/action";
import { me } from "../../state/operator";
import { persisted } from "../../state/persisted";
import { shownTemplateName } from "../../state/shown_name";
import { emptySource, fieldsOf, formOf } from "../../state/template_draft";

/** What was entered, and the key under which the template is made once. */
interface NewForm {
  name: string;
  /** The id of the template to copy; empty for an empty one. */
  from: string | undefined;
  key: string;
}

const entered = persisted<NewForm | undefined>("templates.new", undefined);

/** Asks for the name of a new template and what it starts from, and makes it. */
export function NewTemplate({ templates }: { templates: TemplateName[] }) {
  const fresh = useRef<NewForm>({ name: "", from: undefined, key: crypto.randomUUID() });
  const form = entered.value ?? fresh.current;
  const from = form.from ?? parameter("from") ?? templates[0]?.id ?? "";
  const { running, error, run } = useAction();
  // Another body is another request.
  const change = (changes: Partial<NewForm>) => {
    entered.value = { ...form, ...changes, key: crypto.randomUUID() };
  };
  const close = () => setParameters({ new: undefined, from: undefined });

  const make = () =>
    run(async () => {
      const language = me.value?.organisation.language ?? "en";
      const copied = from
        ? formOf(await readTemplate(from)).sources
        : { [language]: emptySource(language) };
      const body = fieldsOf({ name: form.name, sources: copied });
      const { id } = await createTemplate({ ...body, id: null }, form.key);
      entered.value = undefined;
      navigate(to.template(id));
    });
  return (
    <Dialog title={t("templates.new")} class="small" onClose={close}>
      <form
        noValidate
        onSubmit={event => {
          event.preventDefault();
          void make();
        }}
      >
        <ProblemBanner error={error.value} onRetry={() => void make()} />
        <Field label={t("templates.name")} pointer="/name" error={fieldError(error.value, "/name")}>
          {attributes => (
            <input
              {...attributes}
              class="input"
              value={form.name}
              autocomplete="off"
              onInput={event => change({ name: event.currentTarget.value })}
              onKeyDown={event => {
                if (event.key === "Enter" && event.isComposing) event.preventDefault();
              }}
            />
          )}
        </Field>
        <Field label={t("templates.from")}>
          {attributes => (
            <select
              {...attributes}
              class="select"
              value={from}
              onChange={event => change({ from: event.currentTarget.value })}
            >
              {templates.map(template => (
                <option key={template.id} value={template.id}>
                  {t("templates.copy_of", { name: shownTemplateName(template) })}
                </option>
              ))}
              <option value="">
                {t("templates.empty", {
                  language: languageName(me.value?.organisation.language ?? "en"),
                })}
              </option>
            </select>
          )}
        </Field>
        <div class="actions">
          <button type="submit" class="button primary" aria-disabled={running.value}>
            {t("templates.create")}
          </button>
          <button type="button" class="button" onClick={close}>
            {t("common.cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
