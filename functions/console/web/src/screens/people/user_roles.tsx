import { putRoles, readRoles } from "../../api/calls";
import type { Role } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { Loaded } from "../../parts/loaded";
import { fieldError } from "../../parts/problem";
import { persisted } from "../../state/persisted";
import { useResource } from "../../state/resource";
import { type Draft, EditForm, type FieldsProps, type Kind } from "./edit_form";
import { RolesEditor } from "./roles_editor";

interface Granted {
  roles: Role[];
  subject?: string | undefined;
}

const held = persisted<Draft<Granted, Granted> | undefined>("people.roles", undefined);

const fieldLabel = (field: string) => name("people.user_field", field);

const ROLES: Kind<Granted, Granted> = {
  read: readRoles,
  write: async (id, { roles, subject }) => {
    await putRoles(id, { roles, subject: subject?.trim() || null });
    return [];
  },
  formOf: granted => granted,
  label: fieldLabel,
  text: ({ roles, subject = "" }, field) =>
    field === "roles" ? roles.map(role => name("role", role.role)).join(", ") : subject,
  fieldName: pointer => fieldLabel(pointer.split("/")[1] ?? ""),
};

/** The roles of a user, and the subject by which their sign-in is known. */
export function UserRoles({ id }: { id: string }) {
  const found = useResource(id, signal => readRoles(id, signal));
  return (
    <Loaded found={found}>
      {granted => (
        <EditForm
          kind={ROLES}
          held={held}
          open={held.value?.id === id ? held.value : { id, base: granted, mine: granted }}
          title={t("people.roles_title")}
          submit={t("people.save_roles")}
          Fields={RolesFields}
          onStored={found.reload}
        />
      )}
    </Loaded>
  );
}

function RolesFields({ form, error, onChange }: FieldsProps<Granted>) {
  return (
    <>
      <RolesEditor roles={form.roles} onChange={roles => onChange({ roles })} />
      <Field
        label={t("people.subject")}
        hint={t("people.subject_hint")}
        error={fieldError(error, "/subject")}
        pointer="/subject"
      >
        {attributes => (
          <input
            {...attributes}
            class="input"
            autocomplete="off"
            spellcheck={false}
            value={form.subject ?? ""}
            onInput={event => onChange({ subject: event.currentTarget.value || undefined })}
          />
        )}
      </Field>
    </>
  );
}
