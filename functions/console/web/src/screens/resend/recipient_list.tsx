import { useEffect } from "preact/hooks";
import { listRecipients } from "../../api/calls";
import { segment } from "../../api/client";
import type { Recipient, Resend } from "../../api/types";
import { formatInTable, formatNumber } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { Pager } from "../../parts/pager";
import { ProblemBanner } from "../../parts/problem";
import { TimesIn } from "../../parts/times_in";
import { parameter, setParameters } from "../../routes";
import { useReloadAfter, useResource } from "../../state/resource";
import { distinctName } from "../../state/shown_name";
import { Outcome } from "./badges";
import { ChosenState } from "./chosen_state";
import { CsvButton } from "./csv_button";
import { RECIPIENT_STATES } from "./figures";
import { UserName } from "./user_name";

interface Props {
  resend: Resend;
  /** Told of the recipients of each page that was read. */
  onRead: (recipients: Recipient[]) => void;
}

/** The recipients of a resend, by state. */
export function RecipientList({ resend, onRead }: Props) {
  const state = parameter("state");
  const next = parameter("next");
  const query = { state, next };
  const list = useResource(`recipients ${resend.id} ${JSON.stringify(query)}`, async signal => ({
    ...(await listRecipients(resend.id, query, signal)),
    query,
  }));

  // The rows follow the numbers.
  useReloadAfter(list, JSON.stringify([resend.state, resend.counts]));

  const page = list.value.value;
  useEffect(() => {
    if (page) onRead(page.recipients);
  }, [page]);
  return (
    <>
      <StateChips resend={resend} chosen={state} />
      {page && <ChosenState counts={resend.counts} page={page} />}
      {!page && <ProblemBanner error={list.error.value} onRetry={() => void list.reload()} />}
      {!page && list.loading.value && <p role="status">{t("common.loading")}</p>}
      {page && page.recipients.length > 0 && (
        <>
          <TimesIn zone={resend.timeZone} />
          <RecipientTable resend={resend} recipients={page.recipients} />
        </>
      )}
      {page && page.recipients.length === 0 && !page.next && !next && <Nobody resend={resend} />}
      {page && (
        <Pager
          label={t("resend.recipient_pages")}
          list="recipients"
          current={next}
          next={page.next}
          rows={page.recipients.length}
        />
      )}
      {resend.counts.eligible > 0 && (
        <CsvButton
          label={
            state
              ? t("resend.csv_of", { state: name("recipientState", state) })
              : t("resend.csv_recipients")
          }
          path={`/v1/resends/${segment(resend.id)}/recipients`}
          query={{ state }}
          fileName={`resend-${resend.id}-recipients${state ? `-${state}` : ""}.csv`}
        />
      )}
    </>
  );
}

function Nobody({ resend }: { resend: Resend }) {
  if (resend.state === "preparing") return <p>{t("resend.recipients_preparing")}</p>;
  return <p>{parameter("state") ? t("resend.nobody_in_state") : t("resend.nobody")}</p>;
}

/** A chip for each state that somebody is in, with the number of all recipients in it. */
function StateChips({ resend, chosen }: { resend: Resend; chosen: string | undefined }) {
  const { counts } = resend;
  const states = RECIPIENT_STATES.filter(state => counts[state] > 0 || state === chosen);
  if (states.length === 0) return null;
  const chip = (state: string | undefined, label: string, count: number) => (
    <button
      key={state ?? ""}
      type="button"
      class="chip"
      aria-pressed={chosen === state}
      onClick={() => setParameters({ state, next: undefined })}
    >
      {label} <span class="soft">{formatNumber(count)}</span>
    </button>
  );
  return (
    <fieldset class="actions resend-chips" aria-label={t("resend.by_state")}>
      {chip(undefined, t("resend.all_states"), counts.eligible)}
      {states.map(state => chip(state, name("recipientState", state), counts[state]))}
    </fieldset>
  );
}

function RecipientTable({ resend, recipients }: { resend: Resend; recipients: Recipient[] }) {
  return (
    <div class="table-frame" id="recipients" tabIndex={-1}>
      <table class="table stack recipients">
        <caption class="visually-hidden">{t("resend.recipients_caption")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("resend.user")}</th>
            <th scope="col">{t("resends.state")}</th>
            <th scope="col">{t("resend.passwords")}</th>
            <th scope="col" class="number">
              {t("resend.attempt")}
            </th>
            <th scope="col">{t("resend.sent_at")}</th>
            <th scope="col">{t("resend.mail")}</th>
          </tr>
        </thead>
        <tbody>
          {recipients.map(recipient => (
            <Row key={recipient.userId} resend={resend} recipient={recipient} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** States in which there is a mail to show. Others have one if it was sent before. */
const MAILED = ["sending", "unknown", "sent", "delivered", "bounced", "complained"];

function Row({ resend, recipient }: { resend: Resend; recipient: Recipient }) {
  const hasMail = recipient.sentAt !== undefined || MAILED.includes(recipient.state);
  return (
    <tr>
      <th scope="row" class="recipient-name">
        <UserName user={recipient} />
      </th>
      <td data-label={t("resends.state")}>
        <Outcome state={recipient.state} reason={recipient.reason} />
      </td>
      <td data-label={t("resend.passwords")}>
        {recipient.passwordChangeReason
          ? name("passwordChangeReason", recipient.passwordChangeReason)
          : name("passwordChange", recipient.passwordChange)}
      </td>
      <td data-label={t("resend.attempt")} class="number">
        {recipient.attempt > 0 ? formatNumber(recipient.attempt) : "–"}
      </td>
      <td data-label={t("resend.sent_at")}>
        {recipient.sentAt ? formatInTable(recipient.sentAt, resend.timeZone) : "–"}
      </td>
      <td data-label={t("resend.mail")}>
        {hasMail ? (
          <button
            type="button"
            class="link-button"
            aria-label={t("resend.show_mail_of", { name: distinctName(recipient) })}
            onClick={() => setParameters({ mail: recipient.userId })}
          >
            {t("resend.show_mail")}
          </button>
        ) : (
          "–"
        )}
      </td>
    </tr>
  );
}
