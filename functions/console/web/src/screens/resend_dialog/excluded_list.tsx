import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { readUser, unsuppress } from "../../api/calls";
import type { ApiError } from "../../api/errors";
import type { User } from "../../api/types";
import { formatZoned } from "../../i18n/format";
import { name, t, tn } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { ProblemBanner } from "../../parts/problem";
import { canResolveInDirectory } from "../../parts/remedies";
import { ruleText } from "../../parts/sentences";
import { to } from "../../routes";
import { may, organisationZone } from "../../state/operator";
import { apiError, useResource } from "../../state/resource";
import { distinctName } from "../../state/shown_name";
import { ExclusionHelp, validityWords } from "./exclusion_help";
import { ListEnd } from "./list_end";
import type { Model } from "./model";
import { RowName } from "./row_name";
import type { Row, Rows } from "./row_pages";
import { SkipList } from "./skip_list";

interface Props {
  model: Model;
  rows: Rows<"excluded">;
  q: string;
}

/** So few users are shown without opening their group, and their details are read. */
const SHORT = 12;

/** Reasons of which the preview does not say all: the dates or the status of the user. */
const WITH_DETAILS = new Set(["outside_validity", "not_active"]);

/** The users who will not get the mail, grouped by reason, each group with what can be done. */
export function ExcludedList({ model, rows, q }: Props) {
  const counts = model.preview.answer.value?.preview.counts.byReason ?? {};
  const shown = rows.rows.value;
  const reasons = Object.keys(counts).filter(reason => (counts[reason] ?? 0) > 0);
  const isOpen = shown.length <= SHORT || q !== "";
  return (
    <>
      {reasons.length > 0 && <SkipList />}
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

/** The users of a group by id, if there are few. Those that cannot be read are missing. */
function useDetails(
  { source }: Model,
  reason: string,
  users: Row<"excluded">[],
): Map<string, User> | undefined {
  const isRead = source.kind === "selection" && WITH_DETAILS.has(reason) && users.length <= SHORT;
  const ids = isRead ? users.map(row => row.userId) : [];
  const read = useResource(ids.join(" "), async aborted => {
    const found = await Promise.all(ids.map(id => readUser(id, aborted).catch(() => undefined)));
    return new Map(found.flatMap(user => (user ? [[user.id, user] as const] : [])));
  });
  // Of one user the dialog knows them already.
  if (source.kind === "user") return new Map([[source.user.id, source.user]]);
  return isRead ? read.value.value : undefined;
}

interface GroupProps {
  model: Model;
  reason: string;
  count: number;
  users: Row<"excluded">[];
  isOpen: boolean;
}

function ReasonGroup({ model, reason, count, users, isOpen }: GroupProps) {
  const details = useDetails(model, reason, users);
  // A sentence about all of them needs the details of all of them.
  const known = details && details.size === count ? [...details.values()] : [];
  return (
    <div class="reason-group">
      <h4>
        {name("reason", reason)}{" "}
        <span class="badge">{t("recipients.reason_count", { count })}</span>
      </h4>
      <ExclusionHelp model={model} reason={reason} users={known} />
      {users.length > 0 && (
        <UserDisclosure
          key={`${isOpen}`}
          reason={reason}
          count={count}
          shown={users.length}
          isOpen={isOpen}
        >
          {() =>
            users.map(row => (
              <ExcludedRow
                key={row.userId}
                model={model}
                row={row}
                user={details?.get(row.userId)}
              />
            ))
          }
        </UserDisclosure>
      )}
    </div>
  );
}

interface DisclosureProps {
  reason: string;
  count: number;
  shown: number;
  isOpen: boolean;
  children: () => ComponentChildren;
}

/** The users of a reason, which are made when they are opened: there may be a thousand. */
function UserDisclosure({ reason, count, shown, isOpen, children }: DisclosureProps) {
  const open = useSignal(isOpen);
  const text =
    shown < count
      ? t("recipients.show_some", { shown, count })
      : tn("recipients.show_users", count);
  return (
    <details
      open={open.value}
      onToggle={event => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary aria-label={t("recipients.of_reason", { text, reason: name("reason", reason) })}>
        {text}
      </summary>
      {open.value && <ul class="reason-users">{children()}</ul>}
    </details>
  );
}

interface RowProps {
  model: Model;
  row: Row<"excluded">;
  /** The user, where the details are read. */
  user: User | undefined;
}

function ExcludedRow({ model, row, user }: RowProps) {
  const isUnknown = row.reason === "not_found";
  return (
    <li>
      {isUnknown ? (
        <RowName row={row} />
      ) : (
        <Link href={to.user(row.userId)}>
          <RowName row={row} />
        </Link>
      )}{" "}
      <span class="hint">{rowWords(model, row, user)}</span>
      <RowAction row={row} />
      {row.reason === "suppressed" && may.isOwner.value && <Unblock model={model} row={row} />}
    </li>
  );
}

/** What is known of why a user is left out: the end of a cooldown, the missing value, the dates or the status. */
function rowWords(model: Model, row: Row<"excluded">, user: User | undefined): string {
  if (row.until)
    return t("recipients.until", { at: formatZoned(row.until, organisationZone.value) });
  if (row.defect) return ruleText(row.defect);
  if (user && row.reason === "outside_validity") return validityWords(user, model);
  return user && row.reason === "not_active" ? name("userStatus", user.status) : "";
}

/** The way to the place where the operator may change what leaves a user out. */
function RowAction({ row }: { row: Row<"excluded"> }) {
  const user = distinctName(row);
  const isAddress = row.reason === "no_email";
  const isInDirectory = canResolveInDirectory(row.reason);
  if (!isAddress && !isInDirectory) return null;
  return (
    <Link
      class="row-action"
      href={
        isInDirectory
          ? `${to.people()}?user=${encodeURIComponent(row.userId)}`
          : to.user(row.userId)
      }
      aria-label={t(isAddress ? "recipients.add_address_for" : "recipients.change_user", { user })}
    >
      {t(isAddress ? "recipients.add_address" : "recipients.change")}
    </Link>
  );
}

/** Takes the user's address off the list of suppressed ones. Repeating it is harmless. */
function Unblock({ model, row }: { model: Model; row: Row<"excluded"> }) {
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
  const isDone = state.value === "done";
  return (
    <>
      <button
        type="button"
        class="link-button row-action"
        aria-label={t(isDone ? "recipients.unblocked_user" : "recipients.unblock_user", {
          user: distinctName(row),
        })}
        aria-disabled={state.value !== "ready"}
        onClick={unblock}
      >
        {t(isDone ? "recipients.unblocked" : "recipients.unblock")}
      </button>
      <ProblemBanner error={error.value} onRetry={unblock} />
    </>
  );
}
