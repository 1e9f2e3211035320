import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { readGroup } from "../../api/calls";
import type { Role } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { useResource } from "../../state/resource";
import { GroupPicker } from "./group_picker";

const ROLES = [
  "owner",
  "group_manager",
  "directory_manager",
  "template_manager",
  "settings_manager",
] as const;

interface Props {
  roles: Role[];
  onChange: (roles: Role[]) => void;
}

/** The name of a group in a role. */
function GroupName({ id }: { id: string }) {
  const group = useResource(id, signal => readGroup(id, signal));
  return <>{group.value.value?.name ?? id}</>;
}

/** A role in words. */
export function RoleText({ role }: { role: Role }) {
  if (role.role !== "group_manager") return <>{name("role", role.role)}</>;
  return (
    <>
      {name("role", role.role)}: <GroupName id={role.group} /> ({name("access", role.access)})
    </>
  );
}

/** Roles, each with a button that takes it away, and a way to give another one. */
export function RolesEditor({ roles, onChange }: Props) {
  const id = useId();
  const chosen = useSignal<(typeof ROLES)[number]>("group_manager");
  const access = useSignal<"edit" | "view">("edit");
  const isPicking = useSignal(false);

  const has = (role: Role) => roles.some(held => JSON.stringify(held) === JSON.stringify(role));
  const add = (role: Role) => {
    if (!has(role)) onChange([...roles, role]);
  };
  const addChosen = () => {
    if (chosen.value === "group_manager") isPicking.value = true;
    else add({ role: chosen.value });
  };
  return (
    <fieldset>
      <legend>{t("people.roles")}</legend>
      {roles.length === 0 && <p class="soft">{t("people.no_roles")}</p>}
      <ul class="people-removable">
        {roles.map((role, index) => (
          <li key={JSON.stringify(role)}>
            <span id={`${id}-${index}`}>
              <RoleText role={role} />
            </span>
            <button
              type="button"
              class="button"
              aria-describedby={`${id}-${index}`}
              onClick={() => {
                document.getElementById(`${id}-role`)?.focus();
                onChange(roles.filter(held => held !== role));
              }}
            >
              {t("people.remove")}
            </button>
          </li>
        ))}
      </ul>
      <div class="actions">
        <label for={`${id}-role`} class="visually-hidden">
          {t("people.role_to_add")}
        </label>
        <select
          id={`${id}-role`}
          class="select inline"
          data-pointer="/roles"
          value={chosen.value}
          onChange={event => {
            chosen.value = event.currentTarget.value as (typeof ROLES)[number];
          }}
        >
          {ROLES.map(role => (
            <option key={role} value={role}>
              {name("role", role)}
            </option>
          ))}
        </select>
        {chosen.value === "group_manager" && (
          <select
            class="select inline"
            aria-label={t("people.access")}
            value={access.value}
            onChange={event => {
              access.value = event.currentTarget.value as "edit" | "view";
            }}
          >
            <option value="edit">{name("access", "edit")}</option>
            <option value="view">{name("access", "view")}</option>
          </select>
        )}
        <button type="button" class="button" onClick={addChosen}>
          {chosen.value === "group_manager" ? t("people.add_role_for") : t("people.add_role")}
        </button>
      </div>
      {isPicking.value && (
        <GroupPicker
          title={t("people.choose_group")}
          onChoose={group => add({ role: "group_manager", group: group.id, access: access.value })}
          onClose={() => {
            isPicking.value = false;
          }}
        />
      )}
    </fieldset>
  );
}
