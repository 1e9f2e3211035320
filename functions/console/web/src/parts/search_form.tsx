import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { t } from "../i18n/messages";

interface Props {
  label: string;
  hint?: string;
  value: string | undefined;
  onSearch: (text: string | undefined) => void;
}

/** A search that begins with Enter or the button. */
export function SearchForm({ label, hint, value, onSearch }: Props) {
  const id = useId();
  const text = useSignal(value ?? "");
  useEffect(() => {
    text.value = value ?? "";
  }, [value]);
  return (
    <search>
      <form
        class="search-form"
        onSubmit={event => {
          event.preventDefault();
          onSearch(text.value.trim() || undefined);
        }}
      >
        <label for={id}>{label}</label>
        {hint && (
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
        <div class="actions">
          <input
            id={id}
            class="input"
            type="search"
            value={text.value}
            aria-describedby={hint ? `${id}-hint` : undefined}
            onInput={event => {
              text.value = event.currentTarget.value;
            }}
            onKeyDown={event => {
              // The Enter that ends a composition is not a search.
              if (event.key === "Enter" && event.isComposing) event.preventDefault();
            }}
          />
          <button type="submit" class="button">
            {t("common.search")}
          </button>
        </div>
      </form>
    </search>
  );
}
