import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/messages";
import { Confirm } from "../../parts/confirm";
import { discardDraft } from "../../state/draft_store";
import type { Model } from "./model";

export type StartOverStep = "asking" | "done" | undefined;

/** The question before everything that was entered is discarded, and the word that it is. */
export function StartOver({ model, step }: { model: Model; step: Signal<StartOverStep> }) {
  const isConfirmed = useRef(false);
  const status = useRef<HTMLParagraphElement>(null);
  const isDone = step.value === "done";
  useEffect(() => {
    // The button that was pressed is gone.
    if (isDone) status.current?.closest("dialog")?.querySelector("h2")?.focus();
  }, [isDone]);
  return (
    <>
      <p role="status" class="visually-hidden" ref={status}>
        {isDone && !model.draft.isTouched && t("dialog.started_over")}
      </p>
      {step.value === "asking" && (
        <Confirm
          title={t("dialog.start_over_title")}
          action={t("dialog.start_over")}
          decline={t("dialog.question_back")}
          onConfirm={async () => {
            discardDraft(model.source);
            isConfirmed.current = true;
          }}
          onClose={() => {
            // It is said after the question has closed: the dialog behind it is not read out.
            step.value = isConfirmed.current ? "done" : undefined;
            isConfirmed.current = false;
          }}
        >
          <p>{t("dialog.start_over_loses")}</p>
        </Confirm>
      )}
    </>
  );
}
