import { useSignal } from "@preact/signals";
import { putRoles, readRoles } from "../../api/calls";
import type { Role } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { fieldError, ProblemBanner } from "../../parts/problem";
import { differencesOf, TheirsAndMine } from "../../parts/theirs_and_mine";
import { useAction } from "../../state/action";
import { mineOnTop } from "../../state/merge";
import { persisted } from "../../state/persisted";
import { useResource } from "../../state/resource";
import { RolesEditor } from "./roles_editor";
import { storeUnlessChanged } from "./store";

interface Granted {
  roles: Role[];
  subject?: string;
}

const draft = persisted<{ id: string; base: Granted; mine: Granted } | undefined>(
  "people.roles",
  undefined,
);

/** The roles of a user, and the subject by which their sign-in is known. */
export function UserRoles({ id }: { id: string }) {
  const found = useResource(id, signal => readRoles(id, signal));
  const granted = found.value.value;
  return (
    <>
      <ProblemBanner error={found.error.value} onRetry={() => void found.reload()} />
      {granted && <RolesForm id={id} stored={granted} reload={found.reload} />}
    </>
  );
}

function RolesForm({
  id,
  stored,
  reload,
}: {
  id: string;
  stored: Granted;
  reload: () => Promise<void>;
}) {
  const { running, error, run } = useAction();
  const theirs = useSignal<Granted | undefined>(undefined);
  const isSaved = useSignal(false);
  const open = draft.value?.id === id ? draft.value : undefined;
  const { base, mine } = open ?? { base: stored, mine: stored };

  const change = (changes: Partial<Granted>) => {
    isSaved.value = false;
    draft.value = { id, base, mine: { ...mine, ...changes } };
  };
  const save = () =>
    run(async () => {
      theirs.value = await storeUnlessChanged({
        base,
        read: () => readRoles(id),
        fields: granted => granted,
        write: () => putRoles(id, { roles: mine.roles, subject: mine.subject?.trim() || null }),
      });
      if (theirs.value) return;
      draft.value = undefined;
      isSaved.value = true;
      await reload();
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
      <h2>{t("people.roles_title")}</h2>
      {theirs.value && (
        <TheirsAndMine
          differences={differencesOf(
            { base, theirs: theirs.value, mine },
            field => name("people.user_field", field),
            textOf,
          )}
          onUseTheirs={() => {
            draft.value = undefined;
            theirs.value = undefined;
            void reload();
          }}
          onKeepMine={() => {
            const other = theirs.value as Granted;
            draft.value = { id, base: other, mine: mineOnTop(base, other, mine) };
            theirs.value = undefined;
          }}
        />
      )}
      <ProblemBanner error={error.value} onRetry={() => void save()} />
      <RolesEditor roles={mine.roles} onChange={roles => change({ roles })} />
      <Field
        label={t("people.subject")}
        hint={t("people.subject_hint")}
        error={fieldError(error.value, "/subject")}
        pointer="/subject"
      >
        {attributes => (
          <input
            {...attributes}
            class="input"
            autocomplete="off"
            spellcheck={false}
            value={mine.subject ?? ""}
            onInput={event => change({ subject: event.currentTarget.value || undefined })}
          />
        )}
      </Field>
      <div class="actions">
        <button
          type="submit"
          class="button primary"
          aria-disabled={running.value || theirs.value !== undefined || !open}
        >
          {t("people.save_roles")}
        </button>
        <span role="status">{isSaved.value && t("people.saved")}</span>
      </div>
    </form>
  );
}

function textOf(granted: Granted, field: string): string {
  if (field !== "roles") return granted.subject ?? "";
  return granted.roles.map(role => name("role", role.role)).join(", ");
}
