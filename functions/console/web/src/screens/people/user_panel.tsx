import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { deleteUser, putUser, readUser } from "../../api/calls";
import type { User } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { Confirm } from "../../parts/confirm";
import { Link } from "../../parts/link";
import { noticeText, ProblemBanner } from "../../parts/problem";
import { differencesOf, TheirsAndMine } from "../../parts/theirs_and_mine";
import { to } from "../../routes";
import { useAction } from "../../state/action";
import { mineOnTop } from "../../state/merge";
import { may, organisationZone } from "../../state/operator";
import { persisted } from "../../state/persisted";
import { useResource } from "../../state/resource";
import { shownName } from "../../state/shown_name";
import { storeUnlessChanged } from "./store";
import { UserFields } from "./user_fields";
import { bodyOf, formOf, type UserForm } from "./user_form_model";
import { UserRoles } from "./user_roles";

/** A user as they are edited. `base` is absent for a new one. */
interface Draft {
  id: string;
  base?: User;
  mine: UserForm;
}

const draft = persisted<Draft | undefined>("people.user", undefined);
const form = (user: User | undefined) => formOf(user, organisationZone.value);

interface PanelProps {
  id: string;
  onStored: () => void;
  /** Called when the panel ends; with words if the user was deleted. */
  onClose: (said?: string) => void;
}

/** A user who exists: details, roles, deletion. */
export function UserPanel({ id, onStored, onClose }: PanelProps) {
  const found = useResource(id, signal => readUser(id, signal));
  const isDeleting = useSignal(false);
  const user = found.value.value;
  const open = draft.value?.id === id ? draft.value : undefined;
  const title = user ? shownName(user) : "";
  return (
    <>
      <ProblemBanner error={found.error.value} onRetry={() => void found.reload()} />
      {!user && found.loading.value && <p role="status">{t("common.loading")}</p>}
      {user && (
        <>
          <UserEditor
            draft={open ?? { id, base: user, mine: form(user) }}
            title={t("people.user_title", { name: title })}
            onStored={async () => {
              await found.reload();
              onStored();
            }}
            onClose={() => onClose()}
          >
            <button
              type="button"
              class="button danger"
              onClick={() => {
                isDeleting.value = true;
              }}
            >
              {t("people.delete_user")}
            </button>
            <Link href={to.user(id)}>{t("people.invitations_of_user")}</Link>
          </UserEditor>
          {may.isOwner.value && <UserRoles id={id} />}
        </>
      )}
      {isDeleting.value && user && (
        <Confirm
          title={t("people.delete_user_title")}
          action={t("people.delete_user")}
          onConfirm={async () => {
            await deleteUser(id);
            draft.value = undefined;
            onClose(t("people.user_deleted", { name: title }));
          }}
          onClose={() => {
            isDeleting.value = false;
          }}
        >
          <p>{t("people.delete_user_question", { name: title })}</p>
        </Confirm>
      )}
    </>
  );
}

/** A user who does not exist yet. The id is kept with the draft, so that a repeated request makes no second one. */
export function NewUserPanel({
  onCreated,
  onClose,
}: {
  onCreated: (id: string) => void;
  onClose: () => void;
}) {
  useEffect(() => {
    if (draft.value && !draft.value.base) return;
    draft.value = { id: crypto.randomUUID(), mine: form(undefined) };
  }, []);
  const open = draft.value;
  if (!open || open.base) return null;
  return (
    <UserEditor
      draft={open}
      title={t("people.new_user")}
      onStored={async () => onCreated(open.id)}
      onClose={onClose}
    />
  );
}

interface FormProps {
  draft: Draft;
  title: string;
  onStored: () => Promise<void>;
  onClose: () => void;
  children?: ComponentChildren;
}

const fieldName = (pointer: string) => {
  const [, field = "", attribute] = pointer.split("/");
  const label = name("people.user_field", field);
  return attribute ? `${label} ${attribute}` : label;
};

function UserEditor({ draft: open, title, onStored, onClose, children }: FormProps) {
  const { running, error, run } = useAction();
  const theirs = useSignal<User | undefined>(undefined);
  const isSaved = useSignal(false);
  const notices = useSignal<string[]>([]);
  const { id, base, mine } = open;

  const save = () =>
    run(async () => {
      let stored: User | undefined;
      theirs.value = await storeUnlessChanged({
        base,
        read: () => readUser(id),
        fields: form,
        write: async () => {
          stored = await putUser(id, bodyOf(base, mine, organisationZone.value));
        },
      });
      if (!stored) return;
      notices.value = (stored.notices ?? []).map(noticeText);
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
        <UserConflict
          base={form(base)}
          theirs={form(theirs.value)}
          mine={mine}
          onChoose={chosen => {
            draft.value = { id, base: theirs.value as User, mine: chosen };
            theirs.value = undefined;
          }}
        />
      )}
      <ProblemBanner error={error.value} onRetry={() => void save()} fieldName={fieldName} />
      <UserFields
        form={mine}
        error={error.value}
        onChange={changes => {
          isSaved.value = false;
          draft.value = { ...open, mine: { ...mine, ...changes } };
        }}
      />
      <div class="actions">
        <button
          type="submit"
          class="button primary"
          aria-disabled={running.value || theirs.value !== undefined}
        >
          {base ? t("people.save") : t("people.create_user")}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            draft.value = undefined;
            onClose();
          }}
        >
          {t("people.to_list")}
        </button>
        {children}
      </div>
      <div role="status">
        {isSaved.value && <p>{t("people.saved")}</p>}
        {notices.value.map(notice => (
          <p key={notice}>{notice}</p>
        ))}
      </div>
    </form>
  );
}

interface ConflictProps {
  base: UserForm;
  theirs: UserForm;
  mine: UserForm;
  onChoose: (form: UserForm) => void;
}

function UserConflict({ base, theirs, mine, onChoose }: ConflictProps) {
  const text = (user: UserForm, field: keyof UserForm) => {
    if (field === "groups") return user.groups.map(group => group.path).join("; ");
    if (field === "attributes")
      return user.attributes.map(one => `${one.name}: ${one.value}`).join("; ");
    return field === "status" ? name("userStatus", user.status) : user[field];
  };
  return (
    <TheirsAndMine
      differences={differencesOf(
        { base, theirs, mine },
        field => name("people.user_field", field),
        (user, field) => text(user, field as keyof UserForm),
      )}
      onUseTheirs={() => onChoose(theirs)}
      onKeepMine={() => onChoose(mineOnTop(base, theirs, mine))}
    />
  );
}
