import { listTemplateNames } from "../../api/calls";
import { t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { fieldError } from "../../parts/problem";
import { may } from "../../state/operator";
import { useResource } from "../../state/resource";
import { shownTemplateName } from "../../state/shown_name";
import { type Editing, TextSetting } from "./controls";
import { settingLabel } from "./fields";

const SETTING = "defaultTemplateId";

/** The default template: by its name, for operators who may read templates. */
export function TemplateSetting({ editing }: { editing: Editing }) {
  if (!may.readTemplates.value) return <TextSetting editing={editing} setting={SETTING} />;
  return <TemplateChoice editing={editing} />;
}

function TemplateChoice({ editing }: { editing: Editing }) {
  const { form, onChange, error } = editing;
  const found = useResource("", signal => listTemplateNames({}, signal));
  const chosen = form[SETTING];
  const templates = found.value.value?.templates ?? [];
  const isListed = templates.some(template => template.id === chosen);

  if (!onChange) {
    const template = templates.find(one => one.id === chosen);
    return (
      <div class="field">
        <p class="setting-name">{settingLabel(SETTING)}</p>
        <p>{template ? shownTemplateName(template) : chosen}</p>
      </div>
    );
  }
  return (
    <Field
      label={settingLabel(SETTING)}
      hint={t("settings.hint.defaultTemplateId")}
      error={fieldError(error, `/${SETTING}`)}
      pointer={`/${SETTING}`}
    >
      {attributes => (
        <select
          {...attributes}
          class="select"
          value={chosen}
          onChange={event => onChange({ [SETTING]: event.currentTarget.value })}
        >
          {!isListed && <option value={chosen}>{chosen}</option>}
          {templates.map(template => (
            <option key={template.id} value={template.id}>
              {shownTemplateName(template)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
