import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/messages";
import type { MailSource } from "../state/template_draft";
import { CodeField } from "./code_field";

type FieldProps = Pick<
  Parameters<typeof CodeField>[0],
  "marks" | "suggestions" | "handle" | "onFocus"
>;

interface Props extends FieldProps {
  value: MailSource;
  onChange: (value: MailSource) => void;
  historyKey: string;
  /** The text that is made from the HTML, to begin with when the operator writes it. */
  madeText?: string | undefined;
  isReadOnly?: boolean | undefined;
  /** Whether the text may be made from the HTML again after it was written. */
  canMakeText?: boolean | undefined;
}

/** The text of the mail: made from the HTML, or written by hand. */
export function TextPart(props: Props) {
  const { value, onChange, isReadOnly } = props;
  // The text comes back if the operator makes it from the HTML, and then wants to write it after all.
  const written = useRef<string | undefined>(undefined);
  const panel = useRef<HTMLDivElement>(null);
  const isMade = value.text === undefined;
  const wasMade = useRef(isMade);
  useEffect(() => {
    // The button that was pressed is gone.
    const hasLostFocus = document.activeElement === document.body;
    if (wasMade.current !== isMade && hasLostFocus) panel.current?.focus();
    wasMade.current = isMade;
  }, [isMade]);

  if (value.text === undefined) {
    return (
      <div class="text-made" ref={panel} tabIndex={-1}>
        <p>{t("editor.text_made")}</p>
        {!isReadOnly && (
          <button
            type="button"
            class="button"
            onClick={() => onChange({ ...value, text: written.current ?? props.madeText ?? "" })}
          >
            {t("editor.write_text")}
          </button>
        )}
      </div>
    );
  }
  return (
    <div ref={panel} tabIndex={-1}>
      <CodeField
        label={t("editor.text_label")}
        value={value.text}
        historyKey={`${props.historyKey}/text`}
        isReadOnly={isReadOnly}
        marks={props.marks}
        suggestions={props.suggestions}
        {...(props.handle ? { handle: props.handle } : {})}
        {...(props.onFocus ? { onFocus: props.onFocus } : {})}
        onChange={next => onChange({ ...value, text: next })}
      />
      {!isReadOnly && props.canMakeText !== false && (
        <button
          type="button"
          class="button"
          onClick={() => {
            written.current = value.text;
            const { text: _, ...rest } = value;
            onChange(rest);
          }}
        >
          {t("editor.make_text")}
        </button>
      )}
    </div>
  );
}
