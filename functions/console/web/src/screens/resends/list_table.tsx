import type { Resend } from "../../api/types";
import { formatInTable, formatRelative } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { TimesIn } from "../../parts/times_in";
import { to } from "../../routes";
import { groupPath, templateName } from "../../state/names";
import { organisationZone } from "../../state/operator";
import { ResendBadge } from "../resend/badges";
import { barValue, finishedCount, gotAll, isSettled } from "../resend/figures";
import { chosenWords, outcomeText } from "../resend/outcome";

/** A row for each resend. */
export function ListTable({ resends }: { resends: Resend[] }) {
  const now = new Date();
  return (
    <>
      <TimesIn zone={organisationZone.value} />
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
    </>
  );
}

function Row({ resend, now }: { resend: Resend; now: Date }) {
  const reason = resend.pauseReason
    ? name("pauseReason", resend.pauseReason)
    : resend.failureReason && name("failureReason", resend.failureReason);
  return (
    <tr>
      <th scope="row" class="resends-start">
        <Link href={to.resend(resend.id)}>
          {formatInTable(resend.startAt, organisationZone.value)}
        </Link>
        <span class="soft">{formatRelative(resend.startAt, now)}</span>
      </th>
      <td data-label={t("resends.state")}>
        <ResendBadge resend={resend} />
        {reason && <span class="resends-reason">{reason}</span>}
        {resend.retryOf && <span class="resends-reason soft">{t("resends.is_retry")}</span>}
      </td>
      <td data-label={t("resends.template")}>{templateText(resend)}</td>
      <td data-label={t("resends.group")}>
        {resend.groupId ? groupPath(resend.groupId) : chosenWords(resend)}
      </td>
      <td data-label={t("resends.progress")} class="resends-progress">
        <Progress resend={resend} />
      </td>
      <td data-label={t("resends.made_by")}>{resend.createdByName ?? resend.createdBy}</td>
      <td data-label={t("resends.made_at")}>
        {formatInTable(resend.createdAt, organisationZone.value)}
      </td>
    </tr>
  );
}

/** The template, and what the mails of the resend have of their own. */
function templateText({ templateId, edited, hasNote }: Resend): string {
  const template = { name: templateName(templateId) };
  if (edited && hasNote) return t("resends.template_edited_note", template);
  if (edited) return t("resends.template_edited", template);
  return hasNote ? t("dialog.template_note", template) : template.name;
}

function Progress({ resend }: { resend: Resend }) {
  const { counts, state } = resend;
  if (state === "preparing") return <>{t("resends.choosing")}</>;

  if (counts.eligible === 0) return <>{t("resends.left_out", { count: counts.excluded })}</>;

  const isOver = isSettled(resend);
  const text = isOver
    ? outcomeText(counts)
    : t("resends.finished_of", { finished: finishedCount(counts), eligible: counts.eligible });
  const bar = barValue(resend);
  const isShort = isOver && !gotAll(counts);
  return (
    <>
      <span class={isShort ? "resends-short" : ""}>{text}</span>
      {bar && state !== "scheduled" && (
        <progress value={bar.value} max={bar.max} aria-label={text} />
      )}
    </>
  );
}
