import { commandResend } from "../../api/calls";
import type { Resend } from "../../api/types";
import { t, tn } from "../../i18n/messages";
import { Confirm } from "../../parts/confirm";
import { unsentCount } from "./figures";

interface Props {
  resend: Resend;
  onClose: () => void;
  onChanged: (resend: Resend) => void;
}

/** Asks once before a resend is stopped for good. */
export function CancelDialog({ resend, onClose, onChanged }: Props) {
  const isCounted = resend.state !== "preparing";
  return (
    <Confirm
      title={t("resend.cancel_title")}
      action={t("resend.cancel_yes")}
      decline={t("resend.cancel_no")}
      retryHint={t("resend.repeat_safe")}
      onConfirm={async () => onChanged(await commandResend(resend.id, "cancel"))}
      onClose={onClose}
    >
      <p>
        {isCounted
          ? tn("resend.cancel_count", unsentCount(resend.counts))
          : t("resend.cancel_preparing")}
      </p>
      <p>{t("resend.cancel_final")}</p>
    </Confirm>
  );
}
