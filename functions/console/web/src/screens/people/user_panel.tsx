import { deleteUser, putUser, readUser } from "../../api/calls";
import type { User } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { Loaded } from "../../parts/loaded";
import { noticeText } from "../../parts/problem";
import { to } from "../../routes";
import { may, organisationZone } from "../../state/operator";
import { persisted } from "../../state/persisted";
import { useResource } from "../../state/resource";
import { shownName } from "../../state/shown_name";
import { DeleteButton } from "./delete_button";
import { type Draft, EditForm, type Kind, useNewDraft } from "./edit_form";
import { UserFields } from "./user_fields";
import { bodyOf, formOf, type UserForm } from "./user_form_model";
import { UserRoles } from "./user_roles";

const held = persisted<Draft<User, UserForm> | undefined>("people.user", undefined);
const form = (user: User | undefined) => formOf(user, organisationZone.value);

const fieldLabel = (field: string) => name("people.user_field", field);

const USER: Kind<User, UserForm> = {
  read: readUser,
  write: async (id, mine, base) => {
    const { notices = [] } = await putUser(id, bodyOf(base, mine, organisationZone.value));
    return notices.map(noticeText);
  },
  formOf: form,
  label: fieldLabel,
  text: (user, field) => {
    if (field === "groups") return user.groups.map(group => group.path).join("; ");
    if (field === "attributes")
      return user.attributes.map(one => `${one.name}: ${one.value}`).join("; ");
    if (field === "status") return name("userStatus", user.status);
    return user[field as Exclude<keyof UserForm, "groups" | "attributes">];
  },
  fieldName: pointer => {
    const [, field = "", attribute] = pointer.split("/");
    return attribute ? `${fieldLabel(field)} ${attribute}` : fieldLabel(field);
  },
};

interface PanelProps {
  id: string;
  /** Called when the panel ends; with words if the user was deleted. */
  onClose: (said?: string) => void;
}

/** A user who exists: details, roles, deletion. */
export function UserPanel({ id, onClose }: PanelProps) {
  const found = useResource(id, signal => readUser(id, signal));
  return (
    <Loaded found={found}>
      {user => (
        <>
          <EditForm
            kind={USER}
            held={held}
            open={held.value?.id === id ? held.value : { id, base: user, mine: form(user) }}
            title={t("people.user_title", { name: shownName(user) })}
            submit={t("people.save")}
            leave={t("people.to_list")}
            onLeave={() => onClose()}
            Fields={UserFields}
            onStored={found.reload}
          >
            <DeleteButton
              action={t("people.delete_user")}
              title={t("people.delete_user_title")}
              question={t("people.delete_user_question", { name: shownName(user) })}
              onDelete={async () => {
                await deleteUser(id);
                held.value = undefined;
                onClose(t("people.user_deleted", { name: shownName(user) }));
              }}
            />
            <Link href={to.user(id)}>{t("people.invitations_of_user")}</Link>
          </EditForm>
          {may.isOwner.value && <UserRoles id={id} />}
        </>
      )}
    </Loaded>
  );
}

interface NewProps {
  onCreated: (id: string) => void;
  onClose: () => void;
}

/** A user who does not exist yet. */
export function NewUserPanel({ onCreated, onClose }: NewProps) {
  const open = useNewDraft(held, () => form(undefined));
  if (!open) return null;
  return (
    <EditForm
      kind={USER}
      held={held}
      open={open}
      title={t("people.new_user")}
      submit={t("people.create_user")}
      leave={t("people.to_list")}
      onLeave={onClose}
      Fields={UserFields}
      onStored={() => onCreated(open.id)}
    />
  );
}
