import type { Resend } from "../../api/types";
import { formatNumber, formatRelative, formatShort, zoneText } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { to } from "../../routes";
import { groupPath, templateName } from "../../state/names";
import { organisationZone } from "../../state/operator";
import { ResendBadge } from "../resend/badges";
import { barValue, finishedCount, mailedCount } from "../resend/figures";

/** A row for each resend. */
export function ListTable({ resends }: { resends: Resend[] }) {
  const now = new Date();
  return (
    <div class="table-frame resends-list" id="resends-list" tabIndex={-1}>
      <table class="table stack">
        <caption class="visually-hidden">{t("resends.caption")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("resends.start")}</th>
            <th scope="col">{t("resends.state")}</th>
            <th scope="col">{t("resends.template")}</th>
            <th scope="col">{t("resends.group")}</th>
            <th scope="col">{t("resends.progress")}</th>
            <th scope="col">{t("resends.made_by")}</th>
            <th scope="col">{t("resends.made_at")}</th>
          </tr>
        </thead>
        <tbody>
          {resends.map(resend => (
            <Row key={resend.id} resend={resend} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ resend, now }: { resend: Resend; now: Date }) {
  const reason = resend.pauseReason
    ? name("pauseReason", resend.pauseReason)
    : resend.failureReason && name("failureReason", resend.failureReason);
  return (
    <tr>
      <th scope="row" class="resends-start">
        <Link href={to.resend(resend.id)}>{formatShort(resend.startAt, resend.timeZone)}</Link>
        <span class="soft">{zoneText(resend.timeZone, resend.startAt)}</span>
        <span class="soft">{formatRelative(resend.startAt, now)}</span>
      </th>
      <td data-label={t("resends.state")}>
        <ResendBadge state={resend.state} />
        {reason && <span class="resends-reason">{reason}</span>}
        {resend.retryOf && <span class="resends-reason soft">{t("resends.is_retry")}</span>}
      </td>
      <td data-label={t("resends.template")}>{templateName(resend.templateId)}</td>
      <td data-label={t("resends.group")}>
        {resend.groupId ? groupPath(resend.groupId) : t("resends.no_group")}
      </td>
      <td data-label={t("resends.progress")} class="resends-progress">
        <Progress resend={resend} />
      </td>
      <td data-label={t("resends.made_by")}>{resend.createdByName ?? resend.createdBy}</td>
      <td data-label={t("resends.made_at")}>
        {formatShort(resend.createdAt, organisationZone.value)}
      </td>
    </tr>
  );
}

function Progress({ resend }: { resend: Resend }) {
  const { counts, state } = resend;
  if (state === "preparing") return <>{t("resends.choosing")}</>;

  if (counts.eligible === 0) return <>{t("resends.left_out", { count: counts.excluded })}</>;

  const values = {
    finished: formatNumber(finishedCount(counts)),
    eligible: formatNumber(counts.eligible),
  };
  const text = t("resends.finished_of", values);
  const bar = barValue(resend);
  const isUnsent = finishedCount(counts) > 0 && mailedCount(counts) === 0;
  return (
    <>
      <span>{text}</span>
      {isUnsent && <span class="soft">{t("resends.none_sent")}</span>}
      {bar && state !== "scheduled" && (
        <progress value={bar.value} max={bar.max} aria-label={text} />
      )}
    </>
  );
}
