import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { listUsers, readUser } from "../../api/calls";
import type { User } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import { SearchForm } from "../../parts/search_form";
import { parameter, setParameters } from "../../routes";
import { may } from "../../state/operator";
import { useResource } from "../../state/resource";
import { shownName } from "../../state/shown_name";

/** Every action of the trail. */
const ACTIONS = [
  "resend_created",
  "resend_prepared",
  "resend_rescheduled",
  "resend_paused",
  "resend_resumed",
  "resend_cancelled",
  "template_created",
  "template_changed",
  "template_deleted",
  "template_tested",
  "settings_changed",
  "user_created",
  "user_changed",
  "user_deleted",
  "roles_changed",
  "address_unsuppressed",
  "suppression_deleted",
  "group_created",
  "group_changed",
  "group_deleted",
  "import_started",
  "import_ended",
  "organisation_created",
  "password_set",
] as const;

const refine = (changes: Record<string, string | undefined>) =>
  setParameters({ ...changes, next: undefined });

/** What the trail is refined by. All of it stands in the address. */
export function AuditFilter() {
  const id = useId();
  const resend = parameter("resend");
  return (
    <section class="card" aria-label={t("audit.filter")}>
      <div class="audit-filter">
        <div>
          <label for={`${id}-action`}>{t("audit.action")}</label>
          <select
            id={`${id}-action`}
            class="select"
            value={parameter("action") ?? ""}
            onChange={event => refine({ action: event.currentTarget.value })}
          >
            <option value="">{t("audit.any_action")}</option>
            {ACTIONS.map(action => (
              <option key={action} value={action}>
                {name("auditAction", action)}
              </option>
            ))}
          </select>
        </div>
        <DateField parameterName="from" label={t("audit.from")} />
        <DateField parameterName="to" label={t("audit.to")} />
      </div>
      {resend && (
        <p>
          <button
            type="button"
            class="chip"
            aria-pressed="true"
            onClick={() => refine({ resend: undefined })}
          >
            {t("audit.one_resend")} <span aria-hidden="true">✕</span>
          </button>
        </p>
      )}
      <UserFilter />
    </section>
  );
}

function DateField({ parameterName, label }: { parameterName: "from" | "to"; label: string }) {
  const id = useId();
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        type="date"
        value={parameter(parameterName) ?? ""}
        onChange={event => refine({ [parameterName]: event.currentTarget.value })}
      />
    </div>
  );
}

/** Refines by a user, whom a search finds. */
function UserFilter() {
  const user = parameter("user");
  const sought = useSignal<string | undefined>(undefined);
  if (user) return <ChosenUser id={user} />;
  if (!may.readUsers.value) return null;
  return (
    <>
      <SearchForm
        label={t("audit.user")}
        hint={t("audit.user_hint")}
        value={sought.value}
        onSearch={text => {
          sought.value = text;
        }}
      />
      {sought.value && <FoundUsers q={sought.value} />}
    </>
  );
}

function ChosenUser({ id }: { id: string }) {
  const user = useResource(id, signal => readUser(id, signal));
  const found = user.value.value;
  return (
    <p>
      <button
        type="button"
        class="chip"
        aria-pressed="true"
        onClick={() => refine({ user: undefined })}
      >
        {t("audit.one_user", { name: found ? shownName(found) : id })}{" "}
        <span aria-hidden="true">✕</span>
      </button>
    </p>
  );
}

/** The most users that a search shows. */
const MAX_FOUND = 10;

function FoundUsers({ q }: { q: string }) {
  const next = useSignal<string | undefined>(undefined);
  useEffect(() => {
    next.value = undefined;
  }, [q]);
  const list = useResource(`${q}\n${next.value ?? ""}`, signal =>
    listUsers({ q }, { limit: MAX_FOUND, next: next.value }, signal),
  );
  const found = list.value.value;
  const users = found?.users;
  return (
    <div role="status">
      <ProblemBanner error={list.error.value} onRetry={() => void list.reload()} />
      {list.loading.value && t("common.loading")}
      {users?.length === 0 && !found?.next && <p>{t("audit.no_user")}</p>}
      <ul class="inline-list">
        {users?.map((user: User) => (
          <li key={user.id}>
            <button type="button" class="chip" onClick={() => refine({ user: user.id })}>
              {shownName(user)} <span class="soft">{user.loginId}</span>
            </button>
          </li>
        ))}
      </ul>
      {found?.next && (
        <p>
          <button
            type="button"
            class="link-button"
            onClick={() => {
              next.value = found.next;
            }}
          >
            {t("audit.search_further")}
          </button>
        </p>
      )}
    </div>
  );
}
