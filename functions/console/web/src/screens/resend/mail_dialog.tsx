import { readRecipient, readRecipientMail, readUser } from "../../api/calls";
import { ProblemError } from "../../api/errors";
import type { Resend } from "../../api/types";
import { formatZoned } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { Breakable } from "../../parts/breakable";
import { Dialog } from "../../parts/dialog";
import { Fact } from "../../parts/fact";
import { MailPreview } from "../../parts/mail_preview";
import { ProblemBanner } from "../../parts/problem";
import { setParameters } from "../../routes";
import { may } from "../../state/operator";
import { useResource } from "../../state/resource";
import { Outcome } from "./badges";
import { UserName } from "./user_name";

interface Props {
  resend: Resend;
  user: string;
}

/** The mail as a recipient got it. The API masks its link or password. */
export function MailDialog({ resend, user }: Props) {
  const mail = useResource(`mail ${resend.id} ${user}`, signal =>
    readRecipientMail(resend.id, user, signal),
  );
  const shown = mail.value.value;
  const error = mail.error.value;
  const hasNone = error instanceof ProblemError && error.status === 404;
  return (
    <Dialog
      title={t("resend.mail_title")}
      onClose={() => setParameters({ mail: undefined }, { replace: true })}
    >
      <MailFacts resend={resend} user={user} />
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

/** To whom the mail went, the address that the user has today, and when it was sent. */
function MailFacts({ resend, user }: Props) {
  const recipient = useResource(`recipient ${resend.id} ${user}`, signal =>
    readRecipient(resend.id, user, signal),
  ).value.value;
  const address = useResource(`address ${user}`, async signal =>
    may.readUsers.value ? (await readUser(user, signal)).email : undefined,
  ).value.value;
  if (!recipient) return null;
  const { state, reason, sentAt } = recipient;
  return (
    <dl class="facts mail-facts">
      <Fact label={t("resend.mail_to")}>
        <UserName user={recipient} />
      </Fact>
      {address && (
        <Fact label={t("resend.mail_address")}>
          <Breakable text={address} />
        </Fact>
      )}
      {sentAt && <Fact label={t("resend.sent_at")}>{formatZoned(sentAt, resend.timeZone)}</Fact>}
      <Fact label={t("resends.state")}>
        <Outcome state={state} reason={reason} />
      </Fact>
    </dl>
  );
}
