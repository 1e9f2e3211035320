import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n/messages";
import { keepFocus } from "./focus";

interface Props {
  title: string;
  /** Called when Esc or the close button ends the dialog. A click outside does not. */
  onClose: () => void;
  class?: string;
  /** Called for keys that are pressed in this dialog, but not for those of a dialog above it. */
  onKeyDown?: (event: KeyboardEvent) => void;
  footer?: ComponentChildren;
  children: ComponentChildren;
}

/** A modal dialog of the browser: it keeps the focus inside, and gives it back to where it was. */
export function Dialog({
  title,
  onClose,
  class: className = "",
  onKeyDown,
  footer,
  children,
}: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();

  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element && !element.open) element.showModal();
    element?.querySelector<HTMLElement>("h2")?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      // The button that opened the dialog may go with it.
      requestAnimationFrame(keepFocus);
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class={`dialog ${className}`}
      aria-labelledby={heading}
      onCancel={event => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onClose();
      }}
      onKeyDown={event => {
        if ((event.target as Element).closest("dialog") === dialog.current) onKeyDown?.(event);
      }}
    >
      <header class="dialog-header">
        <h2 id={heading} tabIndex={-1}>
          {title}
        </h2>
        <button
          type="button"
          class="button quiet icon-button"
          aria-label={t("common.close")}
          onClick={onClose}
        >
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      <div class="dialog-body">{children}</div>
      {footer && <footer class="dialog-footer">{footer}</footer>}
    </dialog>
  );
}
