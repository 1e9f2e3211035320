import type { ComponentChildren } from "preact";
import { t } from "../i18n/messages";
import { useAction } from "../state/action";
import { Dialog } from "./dialog";
import { ProblemBanner } from "./problem";

interface Props {
  title: string;
  /** The words of the button: it says what it does. */
  action: string;
  /** The words of the button that does nothing. */
  decline?: string;
  /** What an operator should know before trying again. */
  retryHint?: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

/** A short question before something that cannot be undone. */
export function Confirm({
  title,
  action,
  decline = t("common.cancel"),
  retryHint = "",
  onConfirm,
  onClose,
  children,
}: Props) {
  const { running, error, run } = useAction();
  const confirm = async () => {
    if (await run(onConfirm)) onClose();
  };
  return (
    <Dialog
      title={title}
      class="small"
      onClose={onClose}
      footer={
        <div class="actions">
          <button
            type="button"
            class="button danger"
            aria-disabled={running.value}
            onClick={() => void confirm()}
          >
            {action}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {decline}
          </button>
        </div>
      }
    >
      <ProblemBanner error={error.value} onRetry={() => void confirm()} retryHint={retryHint} />
      {children}
    </Dialog>
  );
}
