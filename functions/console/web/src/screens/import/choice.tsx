import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { name, t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { CHARSETS } from "./decode";
import { choose, chosen, options, readAs } from "./run";

/** A place to drop a file, with the browser's own button to choose one. */
export function FileChoice() {
  const id = useId();
  const isOver = useSignal(false);
  return (
    <div
      class={`drop-zone ${isOver.value ? "over" : ""}`}
      onDragOver={event => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={event => {
        event.preventDefault();
        isOver.value = false;
        const dropped = event.dataTransfer?.files[0];
        if (dropped) void choose(dropped);
      }}
    >
      <label for={id}>{t("import.file")}</label>
      <p class="hint" id={`${id}-hint`}>
        {t("import.file_hint")}
      </p>
      <input
        id={id}
        type="file"
        aria-describedby={`${id}-hint`}
        onClick={event => {
          // So that the same file can be chosen again after it was corrected.
          event.currentTarget.value = "";
        }}
        onChange={event => {
          const picked = event.currentTarget.files?.[0];
          if (picked) void choose(picked);
        }}
      />
      {chosen.value && <p class="text">{t("import.chosen", { name: chosen.value.name })}</p>}
    </div>
  );
}

/** How the file is read. A change checks it again. */
export function ReadOptionsForm() {
  const { charset, skipErrors, ignoreUnknown } = options.value;
  return (
    <fieldset>
      <legend>{t("import.options")}</legend>
      <label class="choice">
        <input
          type="checkbox"
          checked={ignoreUnknown}
          onChange={event => readAs({ ignoreUnknown: event.currentTarget.checked })}
        />
        <span>{t("import.ignore_unknown")}</span>
      </label>
      <label class="choice">
        <input
          type="checkbox"
          checked={skipErrors}
          onChange={event => readAs({ skipErrors: event.currentTarget.checked })}
        />
        <span>{t("import.skip_errors")}</span>
      </label>
      <Field label={t("import.charset")} hint={t("import.charset_hint")}>
        {attributes => (
          <select
            {...attributes}
            class="select"
            value={charset}
            onChange={event => readAs({ charset: event.currentTarget.value })}
          >
            <option value="">{t("import.charset_found")}</option>
            {CHARSETS.map(one => (
              <option key={one} value={one}>
                {name("import.charsets", one)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </fieldset>
  );
}
