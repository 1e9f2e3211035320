import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";
import { Tabs } from "../parts/tabs";
import { useTitle } from "../parts/title";
import { navigate, parameter, to } from "../routes";
import { may } from "../state/operator";
import { GroupsTab } from "./people/groups_tab";
import { UsersTab } from "./people/users_tab";

export function PeopleScreen(_: ScreenProps) {
  useTitle(t("nav.people"));
  return (
    <>
      <h1 tabIndex={-1}>{t("nav.people")}</h1>
      {may.keepDirectory.value ? <People /> : <p>{t("people.not_allowed")}</p>}
    </>
  );
}

function People() {
  if (!may.isOwner.value) {
    return (
      <>
        <p class="soft">{t("people.only_users")}</p>
        <UsersTab />
      </>
    );
  }
  const tab = parameter("tab") === "groups" ? "groups" : "users";
  return (
    <Tabs
      label={t("nav.people")}
      tabs={[
        { key: "users", label: t("people.users") },
        { key: "groups", label: t("people.groups") },
      ]}
      chosen={tab}
      onChoose={key => navigate(key === "users" ? to.people() : `${to.people()}?tab=${key}`)}
    >
      {tab === "users" ? <UsersTab /> : <GroupsTab />}
    </Tabs>
  );
}
