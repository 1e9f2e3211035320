import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Props {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** The place of the field in a request, by which the summary of errors leads to it. */
  pointer?: string;
  /** The control, which takes these attributes. */
  children: (attributes: {
    id: string;
    "aria-describedby"?: string | undefined;
    "aria-invalid"?: boolean | undefined;
    "data-pointer"?: string | undefined;
  }) => ComponentChildren;
}

/** A label with its control, a hint, and what is wrong. */
export function Field({ label, hint, error, pointer, children }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        "aria-describedby": described || undefined,
        "aria-invalid": error ? true : undefined,
        "data-pointer": pointer,
      })}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
