import { useId } from "preact/hooks";
import { listResends } from "../../api/calls";
import type { Resend } from "../../api/types";
import { formatZoned } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { to } from "../../routes";
import { groupPath, templateName } from "../../state/names";
import { may } from "../../state/operator";
import { useResource } from "../../state/resource";
import { hasEnded } from "./figures";
import { chosenWords } from "./outcome";
import { StartTime } from "./start_time";

/** What the resend is: its start, template, operators, group and passwords, and the resends that it belongs to. */
export function Facts({ resend }: { resend: Resend }) {
  const heading = useId();
  const isTaken = resend.responsible !== resend.createdBy;
  return (
    <section class="card" aria-labelledby={heading}>
      <h2 id={heading}>{t("resend.facts")}</h2>
      <dl class="resend-facts">
        <dt>{t("resends.start")}</dt>
        <dd>
          <StartTime resend={resend} />
        </dd>
        <dt>{t("resends.template")}</dt>
        <dd>
          {may.readTemplates.value ? (
            <Link href={to.template(resend.templateId)}>{templateName(resend.templateId)}</Link>
          ) : (
            templateName(resend.templateId)
          )}{" "}
          <span class="soft">{t("resend.version", { version: resend.templateVersion })}</span>
          {resend.edited && (
            <>
              <br />
              {t("resend.edited")}
            </>
          )}
          {resend.hasNote && (
            <>
              <br />
              {t("resend.has_note")}
            </>
          )}
        </dd>
        <dt>{t("resends.group")}</dt>
        <dd>
          {resend.groupId ? (
            <Link href={to.group(resend.groupId)}>{groupPath(resend.groupId)}</Link>
          ) : (
            chosenWords(resend)
          )}
        </dd>
        <dt>{t("resend.passwords")}</dt>
        <dd>
          {name("passwordChange", resend.passwordChange)}
          {resend.passwordChange !== "keep" && (
            <span class="soft"> {t(`resend.earlier_links.${resend.earlierLinks}`)}</span>
          )}
          {resend.changeForLoggedIn && <span class="soft"> {t("resend.for_logged_in")}</span>}
          {resend.ownPasswordChanges && (
            <>
              <br />
              {t("resend.own_passwords")}
            </>
          )}
        </dd>
        <dt>{t("resends.made_by")}</dt>
        <dd>
          <bdi>{resend.createdByName ?? resend.createdBy}</bdi>
          <br />
          <span class="soft">{formatZoned(resend.createdAt, resend.timeZone)}</span>
        </dd>
        {isTaken && (
          <>
            <dt>{t("resend.responsible")}</dt>
            <dd>
              <bdi>{resend.responsibleName ?? resend.responsible}</bdi>
            </dd>
          </>
        )}
        {resend.retryOf && (
          <>
            <dt>{t("resend.retry_of")}</dt>
            <dd>
              <Link href={to.resend(resend.retryOf)}>{t("resend.original")}</Link>
            </dd>
          </>
        )}
      </dl>
      {hasEnded(resend) && resend.counts.eligible > 0 && <Retries resend={resend} />}
    </section>
  );
}

/** The retries of a resend that has ended, as far as they are among the resends with its template that came after it. */
function Retries({ resend }: { resend: Resend }) {
  const later = useResource(`retries ${resend.id}`, signal =>
    listResends({ template: resend.templateId, from: resend.createdAt, limit: 200 }, signal),
  );
  const retries = later.value.value?.resends.filter(one => one.retryOf === resend.id) ?? [];
  if (retries.length === 0) return null;
  return (
    <>
      <h3>{t("resend.retries")}</h3>
      <ul>
        {retries.map(retry => (
          <li key={retry.id}>
            <Link href={to.resend(retry.id)}>{formatZoned(retry.startAt, resend.timeZone)}</Link>{" "}
            {name("resendState", retry.state)}
          </li>
        ))}
      </ul>
    </>
  );
}
