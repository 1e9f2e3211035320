import { listAudit } from "../api/calls";
import type { AuditEntry } from "../api/types";
import type { ScreenProps } from "../app";
import { formatInTable } from "../i18n/format";
import { name, t } from "../i18n/messages";
import { Link } from "../parts/link";
import { Pager } from "../parts/pager";
import { ProblemBanner } from "../parts/problem";
import { TimesIn } from "../parts/times_in";
import { useTitle } from "../parts/title";
import { parameter, to } from "../routes";
import { may, me, organisationZone } from "../state/operator";
import { useResource } from "../state/resource";
import { shownName } from "../state/shown_name";
import { Details } from "./audit/details";
import { AuditFilter } from "./audit/filter_form";

const HEADING = "audit-heading";

/** The name is there where the reader may see it. */
type NamedEntry = AuditEntry & { operatorName?: string };

export function AuditScreen(_: ScreenProps) {
  useTitle(t("nav.audit"));
  return (
    <>
      <h1 id={HEADING} tabIndex={-1}>
        {t("nav.audit")}
      </h1>
      {may.readAudit.value ? <AuditTrail /> : <p>{t("audit.not_allowed")}</p>}
    </>
  );
}

function AuditTrail() {
  const [user, resend, action, from, until, next] = [
    "user",
    "resend",
    "action",
    "from",
    "to",
    "next",
  ].map(parameter);
  const query = { user, resend, action, from, to: until, next };
  const list = useResource(JSON.stringify(query), signal => listAudit(query, signal));
  const found = list.value.value;
  return (
    <>
      <AuditFilter />
      <ProblemBanner error={list.error.value} onRetry={() => void list.reload()} />
      <p role="status" class="visually-hidden">
        {list.loading.value && t("common.loading")}
      </p>
      {!found && list.loading.value && <p aria-hidden="true">{t("common.loading")}</p>}
      {found && (
        <>
          {found.audit.length === 0 && !found.next ? (
            <p>{t("audit.none")}</p>
          ) : (
            <AuditTable entries={found.audit} />
          )}
          <Pager
            label={t("nav.audit")}
            list={HEADING}
            current={next}
            next={found.next}
            rows={found.audit.length}
          />
        </>
      )}
    </>
  );
}

function AuditTable({ entries }: { entries: NamedEntry[] }) {
  const zone = organisationZone.value;
  return (
    <>
      <TimesIn zone={zone} />
      <div class="table-frame">
        <table class="table stack audit-table">
          <caption class="visually-hidden">{t("nav.audit")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("audit.at")}</th>
              <th scope="col">{t("audit.operator")}</th>
              <th scope="col">{t("audit.action")}</th>
              <th scope="col">{t("audit.object")}</th>
              <th scope="col">{t("audit.details")}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(entry => (
              <tr key={entry.id}>
                <td data-label={t("audit.at")}>{formatInTable(entry.at, zone)}</td>
                <td class="text" data-label={t("audit.operator")}>
                  <Operator entry={entry} />
                </td>
                <th scope="row" class="text">
                  {name("auditAction", entry.action)}
                </th>
                <td data-label={t("audit.object")}>
                  <Objects entry={entry} />
                </td>
                <td>
                  <Details entry={entry} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Operator({ entry }: { entry: NamedEntry }) {
  const self = me.value?.user;
  const own = entry.operator === self?.id ? shownName(self) : undefined;
  const shown = entry.operatorName ?? own ?? entry.operator;
  if (!may.readUsers.value) return <>{shown}</>;
  return <Link href={to.user(entry.operator)}>{shown}</Link>;
}

/** Links to the things that an entry is about. */
function Objects({ entry }: { entry: AuditEntry }) {
  const { resendId, templateId, userId, groupId, suppressionId, action } = entry;
  const isGone = action.endsWith("_deleted");
  const links: [string, string][] = [];
  if (resendId) links.push([to.resend(resendId), t("audit.open_resend")]);
  if (userId && !isGone) links.push([to.user(userId), t("audit.open_user")]);
  if (groupId && !isGone) links.push([to.group(groupId), t("audit.open_group")]);
  if (templateId && !isGone) links.push([to.template(templateId), t("audit.open_template")]);
  if (action === "settings_changed") links.push([to.settings(), t("nav.settings")]);

  const gone = isGone ? (userId ?? groupId ?? templateId) : undefined;
  return (
    <>
      <ul class="inline-list">
        {links.map(([href, text]) => (
          <li key={href}>
            <Link href={href}>{text}</Link>
          </li>
        ))}
      </ul>
      {gone && <span class="soft">{t("audit.gone", { id: gone })}</span>}
      {suppressionId && !gone && <span class="soft">{t("audit.gone", { id: suppressionId })}</span>}
    </>
  );
}
