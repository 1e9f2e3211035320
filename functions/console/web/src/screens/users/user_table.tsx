import { useEffect, useRef } from "preact/hooks";
import type { User } from "../../api/types";
import { formatNumber, zoneName } from "../../i18n/format";
import { type MessageKey, name, t } from "../../i18n/messages";
import { Breakable } from "../../parts/breakable";
import { Link } from "../../parts/link";
import { Moment } from "../../parts/moment";
import { to } from "../../routes";
import { organisationZone } from "../../state/operator";
import { isSelected, type Selection } from "../../state/selection";
import { shownName } from "../../state/shown_name";
import { INVITATION_BADGES, STATUS_BADGES } from "./badges";

interface Props {
  users: User[];
  selection: Selection;
  /** Absent if the operator may only look. */
  onTick: ((users: User[], on: boolean) => void) | undefined;
  isBusy: boolean;
}

/** The users of a page. On a narrow screen each is a card. */
export function UserTable({ users, selection, onTick, isBusy }: Props) {
  return (
    <div class="table-frame users-frame" aria-busy={isBusy}>
      <table class="table stack users-table">
        <caption class="visually-hidden">
          {t("users.table", { zone: zoneName(organisationZone.value) })}
        </caption>
        <thead>
          <tr>
            {onTick && (
              <th scope="col" class="tick">
                <PageTick users={users} selection={selection} onTick={onTick} />
              </th>
            )}
            <th scope="col">{t("users.name")}</th>
            <th scope="col">{t("users.login_id")}</th>
            <th scope="col">{t("users.email")}</th>
            <th scope="col">{t("users.status")}</th>
            <th scope="col">{t("users.groups")}</th>
            <th scope="col">{t("users.first_login")}</th>
            <th scope="col">{t("users.last_invited")}</th>
            <th scope="col" class="number">
              {t("users.invite_count")}
            </th>
            <th scope="col">{t("users.invitation")}</th>
          </tr>
        </thead>
        <tbody>
          {users.map(user => (
            <UserRow
              key={user.id}
              user={user}
              isTicked={isSelected(selection, user.id)}
              onTick={onTick}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Ticks the users of this page. It is mixed while some of them are ticked. */
function PageTick({
  users,
  selection,
  onTick,
}: {
  users: User[];
  selection: Selection;
  onTick: (users: User[], on: boolean) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const ticked = users.filter(user => isSelected(selection, user.id)).length;
  const isAll = users.length > 0 && ticked === users.length;
  useEffect(() => {
    if (input.current) input.current.indeterminate = ticked > 0 && !isAll;
  }, [ticked, isAll]);

  return (
    <label class="tick-label">
      <input
        ref={input}
        type="checkbox"
        checked={isAll}
        onChange={event => onTick(users, event.currentTarget.checked)}
      />
      <span class="tick-text">{t("users.tick_page")}</span>
    </label>
  );
}

interface RowProps {
  user: User;
  isTicked: boolean;
  onTick: Props["onTick"];
}

function UserRow({ user, isTicked, onTick }: RowProps) {
  const soft = (key: MessageKey) => <span class="soft">{t(key)}</span>;
  const { status, invitation } = user;
  return (
    <tr class={isTicked && onTick ? "ticked" : undefined}>
      {onTick && (
        <td class="tick">
          <label class="tick-label">
            <input
              type="checkbox"
              checked={isTicked}
              aria-label={t("users.tick", { name: shownName(user) })}
              onChange={event => onTick([user], event.currentTarget.checked)}
            />
          </label>
        </td>
      )}
      <th scope="row" class="user-name">
        <Link href={to.user(user.id)}>
          <Breakable text={shownName(user)} />
        </Link>
      </th>
      <td data-label={t("users.login_id")}>
        <Breakable text={user.loginId} />
      </td>
      <td data-label={t("users.email")} class="email">
        {user.email ? <Breakable text={user.email} /> : soft("users.none")}
        {user.suppressed && (
          <>
            {" "}
            <span class="badge warning">{t("users.is_suppressed")}</span>
          </>
        )}
      </td>
      <td data-label={t("users.status")}>
        <span class={`badge ${STATUS_BADGES[status] ?? ""}`}>{name("userStatus", status)}</span>
      </td>
      <td data-label={t("users.groups")}>
        {user.groups.length === 0 && soft("users.none")}
        <ul class="plain-list">
          {user.groups.map(group => (
            <li key={group.id}>
              <Breakable text={group.path} />
            </li>
          ))}
        </ul>
      </td>
      <td data-label={t("users.first_login")}>
        {user.firstLoginAt ? <Moment at={user.firstLoginAt} short /> : soft("users.never_login")}
      </td>
      <td data-label={t("users.last_invited")}>
        {user.lastInvitedAt ? (
          <Moment at={user.lastInvitedAt} short />
        ) : (
          soft("users.never_invited")
        )}
      </td>
      <td data-label={t("users.invite_count")} class="number">
        {formatNumber(user.inviteCount)}
      </td>
      <td data-label={t("users.invitation")}>
        <span class={`badge ${INVITATION_BADGES[invitation.state] ?? ""}`}>
          {name("invitationState", invitation.state)}
        </span>
      </td>
    </tr>
  );
}
