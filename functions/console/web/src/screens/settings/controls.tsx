import { useId } from "preact/hooks";
import type { ApiError } from "../../api/errors";
import { hasMessage, name, t } from "../../i18n/messages";
import { plainAddress } from "../../parts/email";
import { Field } from "../../parts/field";
import { fieldError } from "../../parts/problem";
import {
  type ChoiceName,
  type NumberName,
  RANGES,
  type SettingName,
  type SettingsForm,
  settingLabel,
  settingText,
  type TextName,
} from "./fields";

/** A form that can be changed, or only be read. */
export interface Editing {
  form: SettingsForm;
  onChange: ((changes: Partial<SettingsForm>) => void) | undefined;
  error: ApiError | undefined;
}

function hintOf(setting: SettingName): string | undefined {
  const key = `settings.hint.${setting}`;
  if (!hasMessage(key)) return undefined;
  const range = RANGES[setting as NumberName];
  return range ? t(key, { min: range[0], max: range[1] }) : t(key);
}

/** A setting that nobody but a settings manager may change. */
function ReadOnly({ editing, setting }: { editing: Editing; setting: SettingName }) {
  return (
    <div class="field">
      <p class="setting-name">{settingLabel(setting)}</p>
      <p>{settingText(editing.form, setting) || t("common.empty")}</p>
    </div>
  );
}

interface TextProps {
  editing: Editing;
  setting: TextName | NumberName;
  type?: "text" | "email" | "url";
  /** Values that the browser suggests. */
  suggestions?: string[];
  /** What they are called, if that differs. */
  nameOf?: (suggestion: string) => string;
}

export function TextSetting({ editing, setting, type = "text", suggestions, nameOf }: TextProps) {
  const { form, onChange, error } = editing;
  const list = useId();
  if (!onChange) return <ReadOnly editing={editing} setting={setting} />;
  const isNumber = setting in RANGES;
  return (
    <Field
      label={settingLabel(setting)}
      hint={hintOf(setting)}
      error={fieldError(error, `/${setting}`)}
      pointer={`/${setting}`}
    >
      {attributes => (
        <>
          <input
            {...attributes}
            class={isNumber ? "input short" : "input"}
            type={type}
            inputMode={isNumber ? "numeric" : undefined}
            list={suggestions && list}
            autocomplete="off"
            value={form[setting]}
            onInput={event => onChange({ [setting]: event.currentTarget.value })}
            onBlur={() => {
              const plain = plainAddress(form[setting]);
              if (type === "email" && plain !== form[setting]) onChange({ [setting]: plain });
            }}
          />
          {suggestions && (
            <datalist id={list}>
              {suggestions.map(one => (
                <option key={one} value={one} label={nameOf?.(one)} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

interface ChoiceProps {
  editing: Editing;
  setting: ChoiceName;
  choices: string[];
}

export function ChoiceSetting({ editing, setting, choices }: ChoiceProps) {
  const { form, onChange, error } = editing;
  const id = useId();
  if (!onChange) return <ReadOnly editing={editing} setting={setting} />;
  const [hint, wrong] = [hintOf(setting), fieldError(error, `/${setting}`)];
  return (
    <fieldset aria-describedby={hint ? `${id}-hint` : undefined}>
      <legend>{settingLabel(setting)}</legend>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {choices.map((choice, index) => (
        <label key={choice} class="choice">
          <input
            type="radio"
            name={id}
            checked={form[setting] === choice}
            data-pointer={index === 0 ? `/${setting}` : undefined}
            onChange={() => onChange({ [setting]: choice })}
          />
          <span>{name(setting, choice)}</span>
        </label>
      ))}
      {wrong && <p class="field-error">{wrong}</p>}
    </fieldset>
  );
}

export function NotesSetting({ editing }: { editing: Editing }) {
  const { form, onChange } = editing;
  const id = useId();
  if (!onChange) return <ReadOnly editing={editing} setting="notes" />;
  return (
    <div class="field">
      <label class="choice">
        <input
          type="checkbox"
          checked={form.notes}
          data-pointer="/notes"
          aria-describedby={id}
          onChange={event => onChange({ notes: event.currentTarget.checked })}
        />
        <span>{settingLabel("notes")}</span>
      </label>
      <p class="hint" id={id}>
        {t("settings.hint.notes")}
      </p>
    </div>
  );
}
