import { useEffect, useRef } from "preact/hooks";
import type { User } from "../../api/types";
import { t } from "../../i18n/messages";
import { NARROW, useMedia } from "../../parts/media";
import { isSelected, type Selection } from "../../state/selection";
import { UserCard, UserRow } from "./user_row";

interface Props {
  users: User[];
  selection: Selection;
  /** Absent if the operator may only look. */
  onTick: ((users: User[], on: boolean) => void) | undefined;
  isBusy: boolean;
}

/** The users of a page: rows, or cards on a narrow screen. */
export function UserTable({ users, selection, onTick, isBusy }: Props) {
  const isNarrow = useMedia(NARROW);
  const Row = isNarrow ? UserCard : UserRow;
  return (
    <div class="table-frame users-frame" aria-busy={isBusy}>
      <table class="table stack users-table">
        <caption class="visually-hidden">{t("users.table")}</caption>
        <thead>
          <tr>
            {onTick && (
              <th scope="col" class="tick">
                <PageTick users={users} selection={selection} onTick={onTick} />
              </th>
            )}
            <th scope="col">{t("users.name")}</th>
            <th scope="col">{t("users.login_id")}</th>
            {isNarrow ? <CardHeadings /> : <RowHeadings />}
          </tr>
        </thead>
        <tbody>
          {users.map(user => (
            <Row
              key={user.id}
              user={user}
              isTicked={isSelected(selection, user.id)}
              onTick={onTick && (on => onTick([user], on))}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RowHeadings() {
  return (
    <>
      <th scope="col">{t("users.email")}</th>
      <th scope="col">{t("users.status")}</th>
      <th scope="col">{t("users.groups")}</th>
      <th scope="col">{t("users.first_login")}</th>
      <th scope="col">{t("users.last_invited")}</th>
      <th scope="col" class="number">
        {t("users.invite_count")}
      </th>
      <th scope="col">{t("users.invitation")}</th>
    </>
  );
}

function CardHeadings() {
  return (
    <>
      <th scope="col">{t("users.status")}</th>
      <th scope="col">{t("users.last_invited")}</th>
      <th scope="col">{t("users.more")}</th>
    </>
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
