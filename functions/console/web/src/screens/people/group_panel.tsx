import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { deleteGroup, putGroup, readGroup } from "../../api/calls";
import type { Group } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { Confirm } from "../../parts/confirm";
import { Field } from "../../parts/field";
import { fieldError, ProblemBanner } from "../../parts/problem";
import { differencesOf, TheirsAndMine } from "../../parts/theirs_and_mine";
import { type Action, useAction } from "../../state/action";
import { mineOnTop } from "../../state/merge";
import { persisted } from "../../state/persisted";
import { useResource } from "../../state/resource";
import { GroupPicker } from "./group_picker";
import { RolesEditor } from "./roles_editor";
import { storeUnlessChanged } from "./store";

/** A group as it is edited. `base` is absent for a new one. */
interface Draft {
  id: string;
  base?: Group;
  mine: Group;
}

const draft = persisted<Draft | undefined>("people.group", undefined);

export interface PanelProps {
  id: string;
  /** Called when the tree must be loaded again, with the group to show. */
  onChanged: (shown: string | undefined) => void;
  onClose: () => void;
}

/** A group that exists. */
export function GroupPanel({ id, onChanged, onClose }: PanelProps) {
  const found = useResource(id, signal => readGroup(id, signal));
  const group = found.value.value;
  const isDeleting = useSignal(false);
  const open = draft.value?.id === id ? draft.value : undefined;
  return (
    <>
      <ProblemBanner error={found.error.value} onRetry={() => void found.reload()} />
      {!group && found.loading.value && <p role="status">{t("common.loading")}</p>}
      {group && (
        <GroupForm
          draft={open ?? { id, base: group, mine: group }}
          title={t("people.group_title", { name: group.name })}
          onStored={async () => {
            await found.reload();
            onChanged(id);
          }}
          onClose={onClose}
        >
          <button
            type="button"
            class="button danger"
            onClick={() => {
              isDeleting.value = true;
            }}
          >
            {t("people.delete_group")}
          </button>
        </GroupForm>
      )}
      {isDeleting.value && group && (
        <Confirm
          title={t("people.delete_group_title")}
          action={t("people.delete_group")}
          onConfirm={async () => {
            await deleteGroup(id);
            draft.value = undefined;
            onChanged(undefined);
          }}
          onClose={() => {
            isDeleting.value = false;
          }}
        >
          <p>{t("people.delete_group_question", { name: group.name })}</p>
        </Confirm>
      )}
    </>
  );
}

/** A group that does not exist yet. Its id is kept with the draft, so that a repeated request makes no second one. */
export function NewGroupPanel({
  parent,
  onChanged,
  onClose,
}: Omit<PanelProps, "id"> & { parent: string | undefined }) {
  useEffect(() => {
    if (draft.value && !draft.value.base) return;
    const mine: Group = { name: "", roles: [], ...(parent ? { parentId: parent } : {}) };
    draft.value = { id: crypto.randomUUID(), mine };
  }, []);
  const open = draft.value;
  if (!open || open.base) return null;
  return (
    <GroupForm
      draft={open}
      title={t("people.new_group")}
      onStored={async () => onChanged(open.id)}
      onClose={onClose}
    />
  );
}

interface FormProps {
  draft: Draft;
  title: string;
  onStored: () => Promise<void>;
  onClose: () => void;
  children?: preact.ComponentChildren;
}

function GroupForm({ draft: open, title, onStored, onClose, children }: FormProps) {
  const action = useAction();
  const theirs = useSignal<Group | undefined>(undefined);
  const isSaved = useSignal(false);
  const { id, base, mine } = open;
  const change = (changes: Partial<Group>) => {
    isSaved.value = false;
    draft.value = { ...open, mine: { ...mine, ...changes } };
  };
  const save = () =>
    action.run(async () => {
      const changed = await storeUnlessChanged({
        base,
        read: () => readGroup(id),
        fields: group => group,
        write: () =>
          putGroup(id, { name: mine.name, parentId: mine.parentId ?? null, roles: mine.roles }),
      });
      theirs.value = changed;
      if (changed) return;
      draft.value = undefined;
      isSaved.value = true;
      await onStored();
    });
  return (
    <form
      class="card"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (!theirs.value) void save();
      }}
    >
      <h2 tabIndex={-1}>{title}</h2>
      {theirs.value && base && (
        <GroupConflict
          base={base}
          theirs={theirs.value}
          mine={mine}
          onChoose={chosen => {
            draft.value = { id, base: theirs.value as Group, mine: chosen };
            theirs.value = undefined;
          }}
        />
      )}
      <ProblemBanner error={action.error.value} onRetry={() => void save()} fieldName={fieldName} />
      <GroupFields open={open} action={action} onChange={change} />
      <div class="actions">
        <button
          type="submit"
          class="button primary"
          aria-disabled={action.running.value || theirs.value !== undefined}
        >
          {base ? t("people.save") : t("people.create_group")}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            draft.value = undefined;
            onClose();
          }}
        >
          {t("common.cancel")}
        </button>
        {children}
        <span role="status">{isSaved.value && t("people.saved")}</span>
      </div>
    </form>
  );
}

const fieldName = (pointer: string) => name("people.group_field", pointer.split("/")[1] ?? "");

interface FieldsProps {
  open: Draft;
  action: Action;
  onChange: (changes: Partial<Group>) => void;
}

function GroupFields({ open: { id, base, mine }, action, onChange }: FieldsProps) {
  const isPicking = useSignal(false);
  const error = action.error.value;
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
            value={mine.name}
            autocomplete="off"
            onInput={event => onChange({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <div class="field">
        <p class="field-name">{t("people.group_field.parentId")}</p>
        <div class="actions">
          <span>{mine.parentId ? <ParentName id={mine.parentId} /> : t("people.top")}</span>
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
        {fieldError(error, "/parentId") && (
          <p class="field-error">{fieldError(error, "/parentId")}</p>
        )}
      </div>
      <p class="hint">{t("people.group_roles_hint")}</p>
      <RolesEditor roles={mine.roles} onChange={roles => onChange({ roles })} />
      {isPicking.value && (
        <GroupPicker
          title={t("people.choose_parent")}
          without={base ? id : undefined}
          onTop={() => onChange({ parentId: undefined })}
          onChoose={group => onChange({ parentId: group.id })}
          onClose={() => {
            isPicking.value = false;
          }}
        />
      )}
    </>
  );
}

function ParentName({ id }: { id: string }) {
  const group = useResource(id, signal => readGroup(id, signal));
  return <>{group.value.value?.name ?? id}</>;
}

interface ConflictProps {
  base: Group;
  theirs: Group;
  mine: Group;
  onChoose: (group: Group) => void;
}

function GroupConflict({ base, theirs, mine, onChoose }: ConflictProps) {
  const text = (group: Group, field: string) => {
    if (field === "roles") return group.roles.map(role => name("role", role.role)).join(", ");
    return field === "name" ? group.name : (group.parentId ?? t("people.top"));
  };
  return (
    <TheirsAndMine
      differences={differencesOf(
        { base, theirs, mine },
        field => name("people.group_field", field),
        text,
      )}
      onUseTheirs={() => onChoose(theirs)}
      onKeepMine={() => onChoose(mineOnTop(base, theirs, mine))}
    />
  );
}
