import { t, tn } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { type Model, mailCount } from "./model";
import { changesOfLoggedIn } from "./press";
import { buttonText, summaryText } from "./summary";

/** One short question before very many mails, or before users who have logged in get other passwords. */
export function Question({
  model,
  onConfirm,
  onClose,
}: {
  model: Model;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const count = mailCount(model) ?? 0;
  return (
    <Dialog
      title={tn("dialog.question_title", count)}
      class="small"
      onClose={onClose}
      footer={
        <div class="actions">
          <button type="button" class="button primary" onClick={onConfirm}>
            {buttonText(model)}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t("dialog.question_back")}
          </button>
        </div>
      }
    >
      <p>{summaryText(model)}</p>
      {changesOfLoggedIn(model) && <p>{t("dialog.question_passwords")}</p>}
    </Dialog>
  );
}
