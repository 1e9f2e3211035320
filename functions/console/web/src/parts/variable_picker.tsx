import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import type { Variable } from "../api/types";
import { hasMessage, name as nameOf, t } from "../i18n/messages";

interface Props {
  variables: Variable[];
  onChoose: (variable: Variable) => void;
}

/** The description of a variable in the operator's language. */
export function variableText(variable: Variable): string {
  const key = `editor.variable.${variable.name}`;
  return hasMessage(key) ? t(key) : variable.description;
}

/** A sample of a variable's value, in the operator's language where it has words. */
function sampleOf({ name, sample }: Variable): string {
  const key = `editor.example.${name}`;
  return hasMessage(key) ? t(key) : sample;
}

/** A button that opens the list of variables. */
export function VariablePicker({ variables, onChoose }: Props) {
  const isOpen = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    isOpen.value = false;
  };

  return (
    <div
      class="variable-picker"
      onKeyDown={event => {
        if (event.key !== "Escape" || event.isComposing || !isOpen.value) return;
        // Esc closes this list, and not the dialog around it.
        event.preventDefault();
        event.stopPropagation();
        close();
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        class="button"
        aria-expanded={isOpen.value}
        aria-controls={id}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {t("editor.insert_variable")}
      </button>
      <ul id={id} class="variable-list" hidden={!isOpen.value} aria-label={t("editor.variables")}>
        {variables.map(variable => (
          <li key={variable.name}>
            <button
              type="button"
              class="variable"
              onClick={() => {
                close();
                onChoose(variable);
              }}
            >
              <code>{`{{ ${variable.name} }}`}</code>
              <span>{variableText(variable)}</span>
              <span class="soft">
                {t("editor.sample", { sample: sampleOf(variable) })}
                {variable.onlyWith &&
                  ` ${t("editor.only_with", { change: nameOf("passwordChange", variable.onlyWith) })}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
