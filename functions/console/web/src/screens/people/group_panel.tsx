import { useSignal } from "@preact/signals";
import { deleteGroup, putGroup, readGroup } from "../../api/calls";
import type { Group } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { Loaded } from "../../parts/loaded";
import { fieldError } from "../../parts/problem";
import { persisted } from "../../state/persisted";
import { useResource } from "../../state/resource";
import { DeleteButton } from "./delete_button";
import { type Draft, EditForm, type FieldsProps, type Kind, useNewDraft } from "./edit_form";
import { GroupPicker } from "./group_picker";
import { RolesEditor } from "./roles_editor";

const held = persisted<Draft<Group, Group> | undefined>("people.group", undefined);

const fieldLabel = (field: string) => name("people.group_field", field);

const GROUP: Kind<Group, Group> = {
  read: readGroup,
  write: async (id, { name, parentId, roles }) => {
    await putGroup(id, { name, parentId: parentId ?? null, roles });
    return [];
  },
  formOf: group => group,
  label: fieldLabel,
  text: (group, field) => {
    if (field === "roles") return group.roles.map(role => name("role", role.role)).join(", ");
    return field === "name" ? group.name : (group.parentId ?? t("people.top"));
  },
  fieldName: pointer => fieldLabel(pointer.split("/")[1] ?? ""),
};

export interface PanelProps {
  id: string;
  /** Called when the tree must be loaded again, with the group to show. */
  onChanged: (shown: string | undefined) => void;
  onClose: () => void;
}

/** A group that exists. */
export function GroupPanel({ id, onChanged, onClose }: PanelProps) {
  const found = useResource(id, signal => readGroup(id, signal));
  return (
    <Loaded found={found}>
      {group => (
        <EditForm
          kind={GROUP}
          held={held}
          open={held.value?.id === id ? held.value : { id, base: group, mine: group }}
          title={t("people.group_title", { name: group.name })}
          submit={t("people.save")}
          leave={t("common.cancel")}
          onLeave={onClose}
          Fields={GroupFields}
          onStored={async () => {
            await found.reload();
            onChanged(id);
          }}
        >
          <DeleteButton
            action={t("people.delete_group")}
            title={t("people.delete_group_title")}
            question={t("people.delete_group_question", { name: group.name })}
            onDelete={async () => {
              await deleteGroup(id);
              held.value = undefined;
              onChanged(undefined);
            }}
          />
        </EditForm>
      )}
    </Loaded>
  );
}

/** A group that does not exist yet. */
export function NewGroupPanel({
  parent,
  onChanged,
  onClose,
}: Omit<PanelProps, "id"> & { parent: string | undefined }) {
  const open = useNewDraft(held, () => ({
    name: "",
    roles: [],
    ...(parent ? { parentId: parent } : {}),
  }));
  if (!open) return null;
  return (
    <EditForm
      kind={GROUP}
      held={held}
      open={open}
      title={t("people.new_group")}
      submit={t("people.create_group")}
      leave={t("common.cancel")}
      onLeave={onClose}
      Fields={GroupFields}
      onStored={() => onChanged(open.id)}
    />
  );
}

function GroupFields({ form, stored, error, onChange }: FieldsProps<Group>) {
  return (
    <>
      <Field
        label={t("people.group_field.name")}
        error={fieldError(error, "/name")}
        pointer="/name"
      >
        {attributes => (
          <input
            {...attributes}
            class="input"
            value={form.name}
            autocomplete="off"
            onInput={event => onChange({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <ParentField
        group={stored}
        parent={form.parentId}
        error={fieldError(error, "/parentId")}
        onChange={parentId => onChange({ parentId })}
      />
      <p class="hint">{t("people.group_roles_hint")}</p>
      <RolesEditor roles={form.roles} onChange={roles => onChange({ roles })} />
    </>
  );
}

interface ParentProps {
  /** A group that exists cannot be put below itself. */
  group: string | undefined;
  parent: string | undefined;
  error: string | undefined;
  onChange: (parent: string | undefined) => void;
}

function ParentField({ group, parent, error, onChange }: ParentProps) {
  const isPicking = useSignal(false);
  return (
    <div class="field">
      <p class="field-name">{t("people.group_field.parentId")}</p>
      <div class="actions">
        <span>{parent ? <ParentName id={parent} /> : t("people.top")}</span>
        <button
          type="button"
          class="button"
          data-pointer="/parentId"
          onClick={() => {
            isPicking.value = true;
          }}
        >
          {t("people.move")}
        </button>
      </div>
      {error && <p class="field-error">{error}</p>}
      {isPicking.value && (
        <GroupPicker
          title={t("people.choose_parent")}
          without={group}
          onTop={() => onChange(undefined)}
          onChoose={({ id }) => onChange(id)}
          onClose={() => {
            isPicking.value = false;
          }}
        />
      )}
    </div>
  );
}

function ParentName({ id }: { id: string }) {
  const group = useResource(id, signal => readGroup(id, signal));
  return <>{group.value.value?.name ?? id}</>;
}
