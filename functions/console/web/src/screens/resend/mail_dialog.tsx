import { readRecipientMail } from "../../api/calls";
import { ProblemError } from "../../api/errors";
import { t } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { MailPreview } from "../../parts/mail_preview";
import { ProblemBanner } from "../../parts/problem";
import { setParameters } from "../../routes";
import { useResource } from "../../state/resource";

/** The mail as a recipient got it. The API masks its link or password. */
export function MailDialog({ resend, user }: { resend: string; user: string }) {
  const mail = useResource(`mail ${resend} ${user}`, signal =>
    readRecipientMail(resend, user, signal),
  );
  const shown = mail.value.value;
  const error = mail.error.value;
  const hasNone = error instanceof ProblemError && error.status === 404;
  return (
    <Dialog
      title={t("resend.mail_title")}
      onClose={() => setParameters({ mail: undefined }, { replace: true })}
    >
      <p class="soft">{t("resend.mail_masked")}</p>
      {hasNone ? (
        <p>{t("resend.mail_none")}</p>
      ) : (
        <ProblemBanner error={error} onRetry={() => void mail.reload()} />
      )}
      {!shown && !error && <p role="status">{t("common.loading")}</p>}
      {shown && <MailPreview mail={shown} />}
    </Dialog>
  );
}
