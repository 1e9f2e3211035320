import { countUsers, listUsers } from "../../api/calls";
import type { User } from "../../api/types";
import { t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { Pager } from "../../parts/pager";
import { ProblemBanner } from "../../parts/problem";
import { TimesIn } from "../../parts/times_in";
import { parameter, setParameters, to } from "../../routes";
import { filterKey, hasCriteria, type UserFilter } from "../../state/filter";
import { may, organisationZone } from "../../state/operator";
import { persisted } from "../../state/persisted";
import { useResource } from "../../state/resource";
import { select } from "../../state/selected";
import { type Selection, tick } from "../../state/selection";
import { shownName } from "../../state/shown_name";
import { LIST_HEADING } from "./address";
import { type Found, listWords } from "./list_words";
import { type Offer, SelectionBar } from "./selection_bar";
import { UserTable } from "./user_table";

const PAGE_SIZES = [50, 100, 200];

/** The API answers a short page where few of many users match. So many are put together for one page of the list. */
const MAX_PARTS = 5;

const pageSize = persisted("users.page_size", 50);

interface Page {
  /** The filter that the page belongs to. */
  key: string;
  users: User[];
  next?: string;
}

/** Reads a page of the list, put together from short pages of the API. */
async function readPage(
  filter: UserFilter,
  { next, limit }: { next: string | undefined; limit: number },
  signal: AbortSignal,
): Promise<Page> {
  const users: User[] = [];
  let place = next;
  for (let part = 0; part < MAX_PARTS; part += 1) {
    const answer = await listUsers(filter, { next: place, limit: limit - users.length }, signal);
    users.push(...answer.users);
    place = answer.next;
    if (!place || users.length >= limit) break;
  }
  return { key: filterKey(filter), users, ...(place ? { next: place } : {}) };
}

interface Props {
  filter: UserFilter;
  selection: Selection;
}

/** A page of the users whom the filter matches, and what is selected. */
export function UserList({ filter, selection }: Props) {
  const key = filterKey(filter);
  const next = parameter("next");
  const limit = pageSize.value;
  const page = useResource(`${key} ${next ?? ""} ${limit}`, signal =>
    readPage(filter, { next, limit }, signal),
  );

  // Users of another filter are not shown under this one.
  const shown = page.value.value?.key === key ? page.value.value : undefined;
  const isMore = shown !== undefined && (next !== undefined || shown.next !== undefined);
  const count = useCount(filter, isMore, shown);
  const { found } = count;
  const isWhole = !next && found && !found.estimated && shown && shown.users.length >= found.count;
  // A page may be empty while others follow. With an exact count of zero nothing follows.
  const isNobody =
    shown?.users.length === 0 && (!isMore || (found?.count === 0 && !found.estimated));

  const onTick = may.resend.value
    ? (users: User[], on: boolean) =>
        select(
          tick(
            selection,
            users.map(user => ({ id: user.id, name: shownName(user) })),
            on,
          ),
        )
    : undefined;
  return (
    <section aria-labelledby={LIST_HEADING}>
      <h2 id={LIST_HEADING} tabIndex={-1} class="users-found">
        <span role="status">
          {shown
            ? listWords(filter, found, isMore ? shown.users.length : undefined)
            : t(page.loading.value ? "common.loading" : "users.found_unknown")}
        </span>
      </h2>
      {onTick ? (
        <SelectionBar selection={selection} offer={offerOf(filter, selection, found)} />
      ) : (
        <p class="banner">{t("users.view_only")}</p>
      )}
      {count.hasFailed && (
        <p role="status">
          {t("users.count_failed")}{" "}
          <button type="button" class="button" onClick={() => void count.reload()}>
            {t("common.try_again")}
          </button>
        </p>
      )}
      <ProblemBanner error={page.error.value} onRetry={() => void page.reload()} />
      {shown && shown.users.length > 0 && (
        <>
          <TimesIn zone={organisationZone.value} />
          <UserTable
            users={shown.users}
            selection={selection}
            onTick={onTick}
            isBusy={page.loading.value}
          />
        </>
      )}
      {isNobody && <NobodyFound filter={filter} />}
      {shown && !isNobody && (
        <div class="users-pages">
          <Pager
            label={t("users.pages")}
            list={LIST_HEADING}
            current={next}
            next={isWhole ? undefined : shown.next}
            rows={shown.users.length}
          />
          <PageSize />
        </div>
      )}
    </section>
  );
}

/** The number of users whom the filter matches. It is asked for once a filter, and only if a page is not all of them. */
function useCount(filter: UserFilter, isMore: boolean, page: Page | undefined) {
  const key = filterKey(filter);
  const count = useResource(isMore ? key : "", async signal =>
    isMore ? { key, ...(await countUsers(filter, signal)) } : undefined,
  );
  const counted = count.value.value?.key === key ? count.value.value : undefined;
  const found: Found | undefined =
    page && !isMore ? { count: page.users.length, estimated: false } : counted;
  return { found, hasFailed: isMore && count.error.value !== undefined, reload: count.reload };
}

/** Everybody may be selected, also where one page is everybody. */
function offerOf(
  filter: UserFilter,
  selection: Selection,
  found: Found | undefined,
): Offer | undefined {
  if (!found || found.count === 0) return undefined;
  return {
    ...found,
    isSelected: selection.kind === "filter" && Object.keys(selection.except).length === 0,
    onSelect: () => select({ kind: "filter", filter, ...numbersOf(found), except: {} }),
  };
}

const numbersOf = ({ count, estimated }: Found) => ({ count, estimated });

function NobodyFound({ filter }: { filter: UserFilter }) {
  if (hasCriteria(filter)) return <p>{t("users.nobody_matches")}</p>;
  return (
    <p>
      {filter.group ? t("users.nobody_in_group") : t("users.nobody")}{" "}
      {may.keepDirectory.value && <Link href={to.import()}>{t("users.import")}</Link>}
    </p>
  );
}

function PageSize() {
  return (
    <label class="page-size">
      {t("users.page_size")}
      <select
        class="select"
        value={pageSize.value}
        onChange={event => {
          pageSize.value = Number(event.currentTarget.value);
          setParameters({ next: undefined });
        }}
      >
        {PAGE_SIZES.map(size => (
          <option key={size} value={size}>
            {size}
          </option>
        ))}
      </select>
    </label>
  );
}
