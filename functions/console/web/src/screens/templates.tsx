import { useSignal } from "@preact/signals";
import { deleteTemplate, listTemplateNames, readSettings, type TemplateName } from "../api/calls";
import type { ScreenProps } from "../app";
import { formatList, languageName } from "../i18n/format";
import { t } from "../i18n/messages";
import { Confirm } from "../parts/confirm";
import { Link } from "../parts/link";
import { Loaded } from "../parts/loaded";
import { Pager } from "../parts/pager";
import { useTitle } from "../parts/title";
import { parameter, setParameters, to } from "../routes";
import { may } from "../state/operator";
import { useResource } from "../state/resource";
import { shownTemplateName } from "../state/shown_name";
import { isBuiltIn } from "../state/template_draft";
import { NewTemplate } from "./templates/new_template";

const HEADING = "templates-heading";

export function TemplatesScreen(_: ScreenProps) {
  useTitle(t("nav.templates"));
  return (
    <>
      <h1 id={HEADING} tabIndex={-1}>
        {t("nav.templates")}
      </h1>
      {may.readTemplates.value ? <TemplateList /> : <p>{t("templates.not_allowed")}</p>}
    </>
  );
}

function TemplateList() {
  const next = parameter("next");
  const list = useResource(next ?? "", signal => listTemplateNames({ next, limit: 50 }, signal));
  const asked = useSignal<TemplateName | undefined>(undefined);
  const deleted = useSignal<string | undefined>(undefined);
  const page = list.value.value;

  const remove = async (template: TemplateName) => {
    await deleteTemplate(template.id);
    deleted.value = template.name;
    await list.reload();
  };
  const close = () => {
    asked.value = undefined;
    // The row of the button may be gone.
    if (deleted.value) setTimeout(() => document.getElementById(HEADING)?.focus());
  };
  return (
    <>
      <p class="soft">{t("templates.about")}</p>
      {may.editTemplates.value ? (
        <p>
          <button type="button" class="button primary" onClick={() => setParameters({ new: "1" })}>
            {t("templates.new")}
          </button>
        </p>
      ) : (
        <p class="banner">{t("templates.read_only")}</p>
      )}
      <p role="status">{deleted.value && t("templates.deleted", { name: deleted.value })}</p>
      <Loaded found={list}>
        {page => (
          <>
            <TemplateTable
              templates={page.templates}
              onDelete={template => {
                deleted.value = undefined;
                asked.value = template;
              }}
            />
            <Pager
              label={t("nav.templates")}
              list={HEADING}
              current={next}
              next={page.next}
              rows={page.templates.length}
            />
          </>
        )}
      </Loaded>
      {asked.value && <DeleteTemplate template={asked.value} onDelete={remove} onClose={close} />}
      {parameter("new") && may.editTemplates.value && page && (
        <NewTemplate templates={page.templates} />
      )}
    </>
  );
}

interface TableProps {
  templates: TemplateName[];
  onDelete: (template: TemplateName) => void;
}

function TemplateTable({ templates, onDelete }: TableProps) {
  const settings = useResource("settings", signal =>
    may.readSettings.value ? readSettings(signal) : Promise.resolve(undefined),
  );
  const defaultId = settings.value.value?.defaultTemplateId;
  if (templates.length === 0) return <p>{t("templates.none")}</p>;
  return (
    <div class="table-frame">
      <table class="table stack">
        <caption class="visually-hidden">{t("nav.templates")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("templates.name")}</th>
            <th scope="col">{t("templates.languages")}</th>
            {may.editTemplates.value && (
              <th scope="col">
                <span class="visually-hidden">{t("templates.delete")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {templates.map(template => (
            <tr key={template.id}>
              <th scope="row" class="text" id={`template-${template.id}`}>
                <Link href={to.template(template.id)}>{shownTemplateName(template)}</Link>{" "}
                {template.id === defaultId && (
                  <span class="badge accent">{t("templates.is_default")}</span>
                )}
              </th>
              <td data-label={t("templates.languages")}>
                {formatList(template.languages.map(languageName))}
              </td>
              {may.editTemplates.value && (
                <td class="text">
                  <Deletion
                    template={template}
                    isDefault={template.id === defaultId}
                    onDelete={() => onDelete(template)}
                  />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface DeletionProps {
  template: TemplateName;
  isDefault: boolean;
  onDelete: () => void;
}

/** The button that deletes a template, or why it stays. */
function Deletion({ template: { id }, isDefault, onDelete }: DeletionProps) {
  if (isBuiltIn(id)) return <span class="hint">{t("templates.built_in")}</span>;
  if (isDefault) {
    const words = t("templates.default_stays");
    return (
      <span class="hint">
        {may.changeSettings.value ? <Link href={to.settings()}>{words}</Link> : words}
      </span>
    );
  }
  return (
    <button type="button" class="button" aria-describedby={`template-${id}`} onClick={onDelete}>
      {t("templates.delete")}
    </button>
  );
}

function DeleteTemplate(props: {
  template: TemplateName;
  onDelete: (template: TemplateName) => Promise<void>;
  onClose: () => void;
}) {
  const { template, onDelete, onClose } = props;
  return (
    <Confirm
      title={t("templates.delete_title")}
      action={t("templates.delete")}
      onConfirm={() => onDelete(template)}
      onClose={onClose}
    >
      <p>{t("templates.delete_question", { name: template.name })}</p>
    </Confirm>
  );
}
