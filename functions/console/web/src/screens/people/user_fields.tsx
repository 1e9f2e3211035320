import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import type { Status } from "../../api/types";
import { languageName } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { plainAddress } from "../../parts/email";
import { Field } from "../../parts/field";
import { languageTags } from "../../parts/language_tags";
import { fieldError } from "../../parts/problem";
import { loadNames } from "../../state/names";
import { may, organisationZone } from "../../state/operator";
import type { FieldsProps } from "./edit_form";
import { GroupPicker } from "./group_picker";
import type { UserForm } from "./user_form_model";

const STATUSES: Status[] = [
  "active",
  "suspended",
  "inactive",
  "pending_approval",
  "rejected",
  "not_yet_valid",
];

/** The most attributes of a user. */
const MAX_ATTRIBUTES = 10;

type Props = FieldsProps<UserForm>;

type TextName =
  | "loginId"
  | "displayName"
  | "email"
  | "language"
  | "timeZone"
  | "validFrom"
  | "validUntil";

function TextField(
  props: Props & {
    field: TextName;
    type?: "text" | "email" | "datetime-local";
    hint?: string;
    list?: string;
  },
) {
  const { form, error, onChange, field, type = "text", hint, list } = props;
  return (
    <Field
      label={name("people.user_field", field)}
      hint={hint}
      error={fieldError(error, `/${field}`)}
      pointer={`/${field}`}
    >
      {attributes => (
        <input
          {...attributes}
          class="input"
          type={type}
          list={list}
          autocomplete="off"
          spellcheck={false}
          value={form[field]}
          onInput={event => onChange({ [field]: event.currentTarget.value })}
          onBlur={() => {
            const plain = plainAddress(form[field]);
            if (type === "email" && plain !== form[field]) onChange({ [field]: plain });
          }}
        />
      )}
    </Field>
  );
}

export function UserFields(props: Props) {
  const { form, error, onChange } = props;
  const zones = useId();
  const languages = useId();
  useEffect(loadNames, []);
  const inZone = t("people.in_zone", { timeZone: organisationZone.value });
  return (
    <>
      <div class="field-grid">
        <TextField {...props} field="loginId" />
        <TextField {...props} field="displayName" />
        <TextField {...props} field="email" type="email" />
        <Field
          label={t("people.user_field.status")}
          error={fieldError(error, "/status")}
          pointer="/status"
        >
          {attributes => (
            <select
              {...attributes}
              class="select"
              value={form.status}
              onChange={event => onChange({ status: event.currentTarget.value as Status })}
            >
              {STATUSES.map(status => (
                <option key={status} value={status}>
                  {name("userStatus", status)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField {...props} field="language" hint={t("people.language_hint")} list={languages} />
        <TextField {...props} field="timeZone" hint={t("people.zone_hint")} list={zones} />
        <TextField {...props} field="validFrom" type="datetime-local" hint={inZone} />
        <TextField {...props} field="validUntil" type="datetime-local" hint={inZone} />
      </div>
      <datalist id={languages}>
        {languageTags.value.map(tag => (
          <option key={tag} value={tag} label={languageName(tag)} />
        ))}
      </datalist>
      <datalist id={zones}>
        {Intl.supportedValuesOf("timeZone").map(zone => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <GroupsField {...props} />
      <AttributesField {...props} />
    </>
  );
}

function GroupsField({ form, error, onChange }: Props) {
  const id = useId();
  const isPicking = useSignal(false);
  const wrong = fieldError(error, "/groups");
  return (
    <fieldset id={id} tabIndex={-1} data-pointer="/groups">
      <legend>{t("people.user_field.groups")}</legend>
      {form.groups.length === 0 && <p class="soft">{t("people.in_no_group")}</p>}
      <ul class="people-removable">
        {form.groups.map(group => (
          <li key={group.id}>
            <span id={`${id}-${group.id}`}>{group.path}</span>
            <button
              type="button"
              class="button"
              aria-describedby={`${id}-${group.id}`}
              onClick={() => {
                document.getElementById(id)?.focus();
                onChange({ groups: form.groups.filter(one => one.id !== group.id) });
              }}
            >
              {t("people.remove")}
            </button>
          </li>
        ))}
      </ul>
      {wrong && <p class="field-error">{wrong}</p>}
      {may.listGroups.value ? (
        <button
          type="button"
          class="button"
          onClick={() => {
            isPicking.value = true;
          }}
        >
          {t("people.add_group")}
        </button>
      ) : (
        <p class="hint">{t("people.groups_by_import")}</p>
      )}
      {isPicking.value && (
        <GroupPicker
          title={t("people.choose_group")}
          onChoose={group => {
            if (!form.groups.some(one => one.id === group.id))
              onChange({ groups: [...form.groups, group] });
          }}
          onClose={() => {
            isPicking.value = false;
          }}
        />
      )}
    </fieldset>
  );
}

function AttributesField({ form, error, onChange }: Props) {
  const id = useId();
  const change = (index: number, changes: Partial<UserForm["attributes"][number]>) =>
    onChange({
      attributes: form.attributes.map((one, at) => (at === index ? { ...one, ...changes } : one)),
    });
  return (
    <fieldset id={id} tabIndex={-1} data-pointer="/attributes">
      <legend>{t("people.user_field.attributes")}</legend>
      <p class="hint">{t("people.attributes_hint")}</p>
      {form.attributes.map((attribute, index) => {
        const wrong = fieldError(error, `/attributes/${attribute.name.trim()}`);
        return (
          <div key={index} class="people-attribute">
            <input
              class="input"
              aria-label={t("people.attribute_name")}
              aria-invalid={wrong ? true : undefined}
              data-pointer={`/attributes/${attribute.name.trim()}`}
              value={attribute.name}
              autocomplete="off"
              onInput={event => change(index, { name: event.currentTarget.value })}
            />
            <input
              class="input"
              aria-label={t("people.attribute_value", { name: attribute.name })}
              value={attribute.value}
              autocomplete="off"
              onInput={event => change(index, { value: event.currentTarget.value })}
            />
            <button
              type="button"
              class="button"
              aria-label={t("people.remove_attribute", { name: attribute.name })}
              onClick={() => {
                document.getElementById(id)?.focus();
                onChange({ attributes: form.attributes.filter((_, at) => at !== index) });
              }}
            >
              {t("people.remove")}
            </button>
            {wrong && <p class="field-error">{wrong}</p>}
          </div>
        );
      })}
      {fieldError(error, "/attributes") && (
        <p class="field-error">{fieldError(error, "/attributes")}</p>
      )}
      {form.attributes.length < MAX_ATTRIBUTES && (
        <button
          type="button"
          class="button"
          onClick={() => onChange({ attributes: [...form.attributes, { name: "", value: "" }] })}
        >
          {t("people.add_attribute")}
        </button>
      )}
    </fieldset>
  );
}
