import { listUserResends } from "../../api/calls";
import type { Schema, User } from "../../api/types";
import { formatNumber, formatZoned } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { Moment } from "../../parts/moment";
import { Pager } from "../../parts/pager";
import { ProblemBanner } from "../../parts/problem";
import { TimesIn } from "../../parts/times_in";
import { parameter, to } from "../../routes";
import { organisationZone } from "../../state/operator";
import { useResource } from "../../state/resource";
import { Outcome } from "../resend/badges";

type UserResend = Schema["UserResend"];

const HEADING = "user-history";
const ROWS_A_PAGE = 20;

/** The resends that the user is a recipient of, whoever made them. `changes` grows with each new one. */
export function HistoryCard({ user, changes }: { user: User; changes: number }) {
  const next = parameter("next");
  const page = useResource(`${user.id} ${next ?? ""} ${changes}`, signal =>
    listUserResends(user.id, { next, limit: ROWS_A_PAGE }, signal),
  );
  const shown = page.value.value;
  return (
    <section class="user-history" aria-labelledby={HEADING}>
      <h2 id={HEADING} tabIndex={-1}>
        {t("user.history")}
      </h2>
      <ProblemBanner error={page.error.value} onRetry={() => void page.reload()} />
      {!shown && page.loading.value && <p class="soft">{t("common.loading")}</p>}
      {shown && shown.resends.length === 0 && !next && !shown.next && (
        <p class="soft">{t("user.history_none")}</p>
      )}
      {shown && shown.resends.length > 0 && <HistoryTable user={user} resends={shown.resends} />}
      {shown && <p class="hint">{t("user.history_left_out")}</p>}
      {shown && (
        <Pager
          label={t("user.history_pages")}
          list={HEADING}
          current={next}
          next={shown.next}
          rows={shown.resends.length}
        />
      )}
    </section>
  );
}

function HistoryTable({ user, resends }: { user: User; resends: UserResend[] }) {
  return (
    <>
      <TimesIn zone={organisationZone.value} />
      <div class="table-frame">
        <table class="table stack">
          <caption class="visually-hidden">{t("user.history_table")}</caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                {t("resend.attempt")}
              </th>
              <th scope="col">{t("user.sent_at")}</th>
              <th scope="col">{t("user.state")}</th>
              <th scope="col">{t("user.resend")}</th>
              <th scope="col">{t("user.mail")}</th>
            </tr>
          </thead>
          <tbody>
            {resends.map((resend, index) => (
              <HistoryRow key={resend.resendId} user={user} resend={resend} line={index + 1} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface RowProps {
  user: User;
  resend: UserResend;
  line: number;
}

function HistoryRow({ user, resend, line }: RowProps) {
  const { resendId, state, reason, attempt, sentAt } = resend;
  const address = to.resend(resendId);
  // Each resend counts its own attempts: the time tells the rows apart. Without a mail there is no time.
  const at = sentAt && formatZoned(sentAt, organisationZone.value);
  const outcome = name("recipientState", state);
  return (
    <tr>
      <td data-label={t("resend.attempt")} class="number">
        {attempt > 0 ? formatNumber(attempt) : <Nothing />}
      </td>
      <td data-label={t("user.sent_at")}>{sentAt ? <Moment at={sentAt} short /> : <Nothing />}</td>
      <td data-label={t("user.state")}>
        <Outcome state={state} reason={reason} />
      </td>
      <td data-label={t("user.resend")}>
        <Link
          href={address}
          aria-label={
            at ? t("user.resend_of", { at }) : t("user.resend_in_line", { line, outcome })
          }
        >
          {t("user.resend_link")}
        </Link>
      </td>
      <td data-label={t("user.mail")}>
        {at ? (
          <Link
            href={`${address}?mail=${encodeURIComponent(user.id)}`}
            aria-label={t("user.mail_of", { at })}
          >
            {t("user.mail")}
          </Link>
        ) : (
          <Nothing />
        )}
      </td>
    </tr>
  );
}

/** An empty cell, of which a screen reader says nothing. */
function Nothing() {
  return <span aria-hidden="true">–</span>;
}
