import { useSignal } from "@preact/signals";
import { listUsers } from "../../api/calls";
import type { User } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { Loaded } from "../../parts/loaded";
import { Pager } from "../../parts/pager";
import { SearchForm } from "../../parts/search_form";
import { parameter, setParameters, to, withParameters } from "../../routes";
import { useResource } from "../../state/resource";
import { shownName } from "../../state/shown_name";
import { NewUserPanel, UserPanel } from "./user_panel";

const HEADING = "people-users";

/** The users, the user who is open, or a new one. */
export function UsersTab() {
  const said = useSignal("");
  const user = parameter("user");
  const isNew = parameter("new") === "user";
  const close = (words = "") => {
    said.value = words;
    setParameters({ user: undefined, new: undefined });
    setTimeout(() => document.getElementById(HEADING)?.focus());
  };
  if (isNew) {
    return (
      <NewUserPanel
        onCreated={id => {
          setParameters({ user: id, new: undefined });
          setTimeout(() => document.querySelector<HTMLElement>("form h2")?.focus(), 300);
        }}
        onClose={close}
      />
    );
  }
  if (user) return <UserPanel key={user} id={user} onClose={close} />;
  return (
    <>
      <p role="status">{said.value}</p>
      <UserList />
    </>
  );
}

function UserList() {
  const q = parameter("q");
  const next = parameter("next");
  const list = useResource(`${q ?? ""}\n${next ?? ""}`, signal =>
    listUsers(q ? { q } : {}, { next }, signal),
  );
  return (
    <>
      <h2 id={HEADING} tabIndex={-1}>
        {t("people.users")}
      </h2>
      <div class="actions people-actions">
        <button type="button" class="button" onClick={() => setParameters({ new: "user" })}>
          {t("people.new_user")}
        </button>
        <Link href={to.import()}>{t("people.import")}</Link>
      </div>
      <SearchForm
        label={t("people.search")}
        value={q}
        onSearch={text => setParameters({ q: text, next: undefined })}
      />
      <Loaded found={list}>
        {({ users, next: following }) => (
          <>
            {users.length === 0 && !following ? (
              <p>{t("people.no_users")}</p>
            ) : (
              <UserTable users={users} />
            )}
            <Pager
              label={t("people.users")}
              list={HEADING}
              current={next}
              next={following}
              rows={users.length}
            />
          </>
        )}
      </Loaded>
    </>
  );
}

function UserTable({ users }: { users: User[] }) {
  return (
    <div class="table-frame">
      <table class="table stack">
        <caption class="visually-hidden">{t("people.users")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("people.user_field.displayName")}</th>
            <th scope="col">{t("people.user_field.loginId")}</th>
            <th scope="col">{t("people.user_field.email")}</th>
            <th scope="col">{t("people.user_field.status")}</th>
            <th scope="col">{t("people.user_field.groups")}</th>
          </tr>
        </thead>
        <tbody>
          {users.map(user => (
            <tr key={user.id}>
              <th scope="row" class="text">
                <Link href={withParameters({ user: user.id })}>{shownName(user)}</Link>
              </th>
              <td class="text" data-label={t("people.user_field.loginId")}>
                {user.loginId}
              </td>
              <td class="text" data-label={t("people.user_field.email")}>
                {user.email}
              </td>
              <td data-label={t("people.user_field.status")}>{name("userStatus", user.status)}</td>
              <td class="text" data-label={t("people.user_field.groups")}>
                {user.groups.map(group => group.path).join("; ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
