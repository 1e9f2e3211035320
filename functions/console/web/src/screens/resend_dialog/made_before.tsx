import type { Resend } from "../../api/types";
import { t } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";

/** Says that a request whose answer was lost had made the resend, as it was before the draft was changed. */
export function MadeBefore({ onClose }: { resend: Resend; onClose: () => void }) {
  return (
    <Dialog
      title={t("dialog.made_before_title")}
      class="small"
      onClose={onClose}
      footer={
        <button type="button" class="button primary" onClick={onClose}>
          {t("dialog.made_before_open")}
        </button>
      }
    >
      <p>{t("dialog.made_before")}</p>
    </Dialog>
  );
}
