import { commandResend } from "../../api/calls";
import type { Resend } from "../../api/types";
import { t, tn } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { ProblemBanner } from "../../parts/problem";
import { useAction } from "../../state/action";
import { unsentCount } from "./figures";

interface Props {
  resend: Resend;
  onClose: () => void;
  onChanged: (resend: Resend) => void;
}

/** Asks once before a resend is stopped for good. */
export function CancelDialog({ resend, onClose, onChanged }: Props) {
  const action = useAction();
  const cancel = () =>
    action.run(async () => {
      onChanged(await commandResend(resend.id, "cancel"));
      onClose();
    });
  const isCounted = resend.state !== "preparing";
  return (
    <Dialog
      title={t("resend.cancel_title")}
      onClose={onClose}
      class="small"
      footer={
        <div class="actions">
          <button
            type="button"
            class="button danger"
            aria-disabled={action.running.value}
            onClick={() => void cancel()}
          >
            {t("resend.cancel_yes")}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t("resend.cancel_no")}
          </button>
        </div>
      }
    >
      <ProblemBanner
        error={action.error.value}
        onRetry={() => void cancel()}
        retryHint={t("resend.repeat_safe")}
      />
      <p>
        {isCounted
          ? tn("resend.cancel_count", unsentCount(resend.counts))
          : t("resend.cancel_preparing")}
      </p>
      <p>{t("resend.cancel_final")}</p>
    </Dialog>
  );
}
