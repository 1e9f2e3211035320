import type { Resend } from "../../api/types";
import { t, tn } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { ProblemBanner } from "../../parts/problem";
import { useAction } from "../../state/action";
import { startNow } from "./move_to_now";
import { isCheckable } from "./reach";
import { ReachNote } from "./reach_note";
import { useReach } from "./use_reach";

interface Props {
  resend: Resend;
  onClose: () => void;
  onChanged: (resend: Resend) => void;
  /** Asks for another start instead. */
  onOtherStart: () => void;
}

/** Says who would get the mail now, before a resend that waits is started. */
export function NowDialog({ resend, onClose, onChanged, onOtherStart }: Props) {
  const action = useAction();
  const reach = useReach(resend, "now");
  const known = reach.loading.value || reach.error.value ? undefined : reach.value.value;
  const isChecking = isCheckable(resend) && !known && !reach.error.value;
  // Of one recipient it is not known whether the cooldown was waived.
  const isInVain = known?.reached === 0 && resend.counts.eligible > 1;
  const isBlocked = isChecking || isInVain || action.running.value;

  const start = () =>
    action.run(async () => {
      onChanged(await startNow(resend));
      onClose();
    });
  const label = () => {
    if (isChecking) return t("resend.checking");
    if (isInVain) return t("resend.now_nobody");
    return known?.reached ? tn("resend.now_go", known.reached) : t("resend.to_now");
  };
  return (
    <Dialog
      title={t("resend.now_title")}
      onClose={onClose}
      class="small"
      footer={
        <div class="actions">
          <button
            type="button"
            class="button primary"
            aria-disabled={isBlocked}
            onClick={() => {
              if (!isBlocked) void start();
            }}
          >
            {label()}
          </button>
          <button type="button" class="button" onClick={onOtherStart}>
            {t("resend.other_start")}
          </button>
        </div>
      }
    >
      <ProblemBanner
        error={action.error.value}
        onRetry={() => void start()}
        retryHint={t("resend.repeat_safe")}
      />
      <ReachNote resend={resend} reach={reach} isNow />
    </Dialog>
  );
}
