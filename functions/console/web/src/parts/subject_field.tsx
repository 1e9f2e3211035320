import type { Ref } from "preact";
import { t } from "../i18n/messages";
import { Field } from "./field";

interface Props {
  field: Ref<HTMLTextAreaElement>;
  value: string;
  language: string;
  error: string | undefined;
  isReadOnly: boolean | undefined;
  onFocus: () => void;
  onChange: (subject: string) => void;
}

/** The subject of a mail: one line, which the field wraps so that all of it is seen. */
export function SubjectField(props: Props) {
  return (
    <Field label={t("editor.subject")} error={props.error}>
      {attributes => (
        <textarea
          {...attributes}
          ref={props.field}
          class="input wide subject-field"
          rows={1}
          lang={props.language}
          value={props.value}
          readOnly={props.isReadOnly}
          autocomplete="off"
          onFocus={props.onFocus}
          onKeyDown={event => {
            const isPlain = !event.isComposing && !event.ctrlKey && !event.metaKey;
            if (event.key === "Enter" && isPlain) event.preventDefault();
          }}
          onInput={event => props.onChange(oneLine(event.currentTarget))}
        />
      )}
    </Field>
  );
}

/** The text of a field without line breaks, which a pasted text may bring. */
function oneLine(field: HTMLTextAreaElement): string {
  if (!/[\r\n]/.test(field.value)) return field.value;
  const at = field.selectionStart;
  field.value = field.value.replace(/\r\n?|\n/g, " ");
  field.setSelectionRange(at, at);
  return field.value;
}
