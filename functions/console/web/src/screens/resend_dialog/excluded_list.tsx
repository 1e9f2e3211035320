import { useSignal } from "@preact/signals";
import { readUser, unsuppress } from "../../api/calls";
import type { ApiError } from "../../api/errors";
import { formatInstant, ownZone } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { ProblemBanner } from "../../parts/problem";
import { canResolveInDirectory } from "../../parts/remedies";
import { ruleText } from "../../parts/sentences";
import { to } from "../../routes";
import { may } from "../../state/operator";
import { apiError, useResource } from "../../state/resource";
import { listedName } from "../../state/shown_name";
import { ExclusionHelp, startOf, validityWords } from "./exclusion_help";
import { ListEnd } from "./list_end";
import type { Model } from "./model";
import type { Row, Rows } from "./rows";

interface Props {
  model: Model;
  rows: Rows<"excluded">;
  q: string;
}

/** A list that is so short is shown without opening its groups, and with the dates of its users. */
const SHORT = 12;

/** The users who will not get the mail, grouped by reason, each group with what can be done. */
export function ExcludedList({ model, rows, q }: Props) {
  const counts = model.preview.answer.value?.preview.counts.byReason ?? {};
  const shown = rows.rows.value;
  const reasons = Object.keys(counts).filter(reason => (counts[reason] ?? 0) > 0);
  const isOpen = shown.length <= SHORT || q !== "";
  return (
    <>
      {reasons
        .map(reason => ({ reason, users: shown.filter(row => row.reason === reason) }))
        .filter(({ users }) => !q || users.length > 0)
        .map(({ reason, users }) => (
          <ReasonGroup
            key={reason}
            model={model}
            reason={reason}
            count={q ? users.length : (counts[reason] ?? 0)}
            users={users}
            isOpen={isOpen}
          />
        ))}
      <ListEnd rows={rows} q={q} empty={t("recipients.nobody_excluded")} />
    </>
  );
}

interface GroupProps {
  model: Model;
  reason: string;
  count: number;
  users: Row<"excluded">[];
  isOpen: boolean;
}

function ReasonGroup({ model, reason, count, users, isOpen }: GroupProps) {
  // Of one user the dialog knows the dates already.
  const hasDates = model.source.kind === "selection" && count <= SHORT && users.length <= SHORT;
  return (
    <div class="reason-group">
      <h4>
        {name("reason", reason)}{" "}
        <span class="badge">{t("recipients.reason_count", { count })}</span>
      </h4>
      <ExclusionHelp model={model} reason={reason} hasDates={hasDates} />
      {users.length > 0 && (
        <details open={isOpen}>
          <summary>{t("recipients.show_users")}</summary>
          <ul class="reason-users">
            {users.map(row => (
              <ExcludedRow key={row.userId} model={model} row={row} hasDates={hasDates} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

interface RowProps {
  model: Model;
  row: Row<"excluded">;
  /** Whether the dates of each user are read. */
  hasDates: boolean;
}

function ExcludedRow({ model, row, hasDates }: RowProps) {
  const user = listedName(row);
  const isUnknown = row.reason === "not_found";
  const place = remedyPlace(row.reason, row.userId);
  return (
    <li>
      {isUnknown ? <span>{user}</span> : <Link href={to.user(row.userId)}>{user}</Link>}
      {row.until && (
        <span class="hint">
          {" "}
          {t("recipients.until", { at: formatInstant(row.until, ownZone()) })}
        </span>
      )}
      {row.defect && <span class="hint"> {ruleText(row.defect)}</span>}
      {row.reason === "outside_validity" && hasDates && (
        <Validity user={row.userId} start={startOf(model)} />
      )}
      {place && (
        <Link class="row-action" href={place}>
          {row.reason === "no_email" ? t("recipients.add_address") : t("user.change_user")}
        </Link>
      )}
      {row.reason === "suppressed" && may.isOwner.value && (
        <Unblock model={model} row={row} user={user} />
      )}
    </li>
  );
}

/** The place where the operator may change what leaves a user out. */
function remedyPlace(reason: string, user: string): string | undefined {
  if (canResolveInDirectory(reason)) return `${to.people()}?user=${encodeURIComponent(user)}`;
  return reason === "no_email" ? to.user(user) : undefined;
}

/** The end of a user's validity, which the preview does not know. */
function Validity({ user, start }: { user: string; start: Date }) {
  const { value } = useResource(user, aborted => readUser(user, aborted));
  const words = value.value && validityWords(value.value, start);
  return words ? <span class="hint"> {words}</span> : null;
}

/** Takes the user's address off the list of suppressed ones. Repeating it is harmless. */
function Unblock({ model, row, user }: { model: Model; row: Row<"excluded">; user: string }) {
  const state = useSignal<"ready" | "busy" | "done">("ready");
  const error = useSignal<ApiError | undefined>(undefined);
  const unblock = async () => {
    if (state.value !== "ready") return;
    state.value = "busy";
    try {
      await unsuppress(row.userId);
      state.value = "done";
      error.value = undefined;
      model.preview.reload();
    } catch (caught) {
      error.value = apiError(caught);
      state.value = "ready";
    }
  };
  return (
    <>
      <button
        type="button"
        class="link-button row-action"
        aria-label={t("recipients.unblock_user", { user })}
        aria-disabled={state.value !== "ready"}
        onClick={unblock}
      >
        {state.value === "done" ? t("recipients.unblocked") : t("recipients.unblock")}
      </button>
      <ProblemBanner error={error.value} onRetry={unblock} />
    </>
  );
}
