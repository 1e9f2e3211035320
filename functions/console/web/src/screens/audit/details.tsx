import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { readUser } from "../../api/calls";
import type { AuditEntry, Filter } from "../../api/types";
import { formatInTable, formatList, formatNumber } from "../../i18n/format";
import { hasMessage, name, t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { to } from "../../routes";
import { may, organisationZone } from "../../state/operator";
import { useResource } from "../../state/resource";
import { shownName } from "../../state/shown_name";

type Row = [label: string, content: ComponentChildren];

const label = (field: string) => name("audit.field", field);
const yesOrNo = (value: boolean) => t(value ? "common.yes" : "common.no");

/** The name of a changed field of a user, a group or the settings. */
function fieldName(action: string, field: string): string {
  const kind = action.startsWith("settings")
    ? "settings.field"
    : action.startsWith("group")
      ? "people.group_field"
      : "people.user_field";
  return name(kind, field);
}

/** A value of a filter in words. */
function filterValue(criterion: string, value: unknown): ComponentChildren {
  const values = (Array.isArray(value) ? value : String(value).split(",")).map(String);
  if (criterion === "group")
    return <Link href={to.group(values[0] ?? "")}>{t("audit.open_group")}</Link>;
  if (criterion === "status") return formatList(values.map(one => name("userStatus", one)));
  if (criterion === "invitation")
    return formatList(values.map(one => name("invitationState", one)));
  return values
    .map(one => (hasMessage(`audit.value.${one}`) ? name("audit.value", one) : one))
    .join(", ");
}

function filterRows(filter: Filter): Row[] {
  const criteria = Object.entries(filter).filter(([, value]) => value !== null);
  if (criteria.length === 0) return [[label("filter"), t("audit.everybody")]];
  return criteria.map(([criterion, value]) => [
    name("audit.criterion", criterion),
    filterValue(criterion, value),
  ]);
}

function selectionRows({ filter, userIds, count }: NonNullable<AuditEntry["selection"]>): Row[] {
  if (filter) return filterRows(filter);
  return [
    [label("selected"), formatNumber(count)],
    [label("userIds"), <SelectedUsers ids={userIds} />],
  ];
}

/** So many users are named. */
const NAMED_USERS = 10;

/** Links to users, with the names of a few that the reader may see. */
function SelectedUsers({ ids }: { ids: string[] }) {
  const asked = may.readUsers.value && ids.length <= NAMED_USERS ? ids : [];
  const users = useResource(asked.join(" "), aborted =>
    Promise.all(asked.map(id => readUser(id, aborted).catch(() => undefined))),
  );
  return (
    <ul class="inline-list">
      {ids.map((id, index) => {
        const user = users.value.value?.[index];
        return (
          <li key={id}>
            <Link href={to.user(id)}>
              {user ? shownName(user) : t("audit.user_number", { number: index + 1 })}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

const COUNTS = ["eligible", "lines", "created", "updated", "unchanged", "choices"] as const;
const ANSWERS = ["edited", "changeForLoggedIn", "ignoreCooldown"] as const;
const NAMED = ["passwordChange", "earlierLinks"] as const;

/** What an entry holds beside its time, its operator, its action and its object. */
function detailRows(entry: AuditEntry): Row[] {
  const rows: Row[] = [];
  const { fields, roles, selection, startAt, startAtBefore, retryOf, excluded } = entry;
  if (fields?.length) {
    rows.push([label("fields"), formatList(fields.map(one => fieldName(entry.action, one)))]);
  }
  if (roles) {
    const names = roles.map(role => name("role", role.role));
    rows.push([label("roles"), names.length ? formatList(names) : t("people.no_roles")]);
  }
  if (selection) rows.push(...selectionRows(selection));
  for (const one of COUNTS) {
    const count = entry[one];
    if (count !== undefined) rows.push([label(one), formatNumber(count)]);
  }
  for (const [reason, count] of Object.entries(excluded ?? {})) {
    rows.push([t("audit.excluded", { reason: name("reason", reason) }), formatNumber(count)]);
  }
  for (const one of NAMED) {
    const value = entry[one];
    if (value) rows.push([label(one), name(one, value)]);
  }
  for (const one of ANSWERS) {
    const value = entry[one];
    if (value !== undefined) rows.push([label(one), yesOrNo(value)]);
  }
  if (startAt) {
    const to = formatInTable(startAt, organisationZone.value);
    const from = startAtBefore && formatInTable(startAtBefore, organisationZone.value);
    rows.push([label("startAt"), from ? t("audit.from_to", { from, to }) : to]);
  }
  if (retryOf) {
    rows.push([label("retryOf"), <Link href={to.resend(retryOf)}>{t("audit.open_resend")}</Link>]);
  }
  if (entry.version !== undefined) rows.push([label("version"), formatNumber(entry.version)]);
  if (entry.templateVersion !== undefined) {
    rows.push([label("templateVersion"), formatNumber(entry.templateVersion)]);
  }
  if (entry.noteHash) rows.push([label("noteHash"), <code>{entry.noteHash}</code>]);
  if (entry.issuedBy) rows.push([label("issuedBy"), <code>{entry.issuedBy}</code>]);
  return rows;
}

/** The details of an entry, closed at first. */
export function Details({ entry }: { entry: AuditEntry }) {
  const isOpen = useSignal(false);
  const rows = detailRows(entry);
  if (rows.length === 0) return null;
  return (
    <details
      onToggle={event => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{t("audit.details")}</summary>
      <dl class="audit-details">
        {(isOpen.value ? rows : []).map(([term, content], index) => (
          <div key={index}>
            <dt>{term}</dt>
            <dd>{content}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
