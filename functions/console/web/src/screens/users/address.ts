import { setParameters, to } from "../../routes";
import { CRITERIA, type Criterion, type UserFilter } from "../../state/filter";
import { persisted } from "../../state/persisted";

/** The address of the users whom a filter matches. */
export function usersAddress(filter: UserFilter): string {
  const query = new URLSearchParams();
  for (const criterion of CRITERIA) {
    const value = filter[criterion];
    if (value) query.set(criterion, value);
  }
  const place = filter.group ? to.group(filter.group) : to.users();
  return query.size ? `${place}?${query}` : place;
}

/** The list of users that was last shown, so that a user's screen leads back to it. */
export const lastList = persisted("users.list", to.users());

/** The id of the heading of the list, which takes the focus when another part of it is shown. */
export const LIST_HEADING = "users-found";

/** Refines the list. Another refinement begins at the first page. */
export function refine(
  changes: Partial<Record<Criterion, string | undefined>>,
  replace = false,
): void {
  setParameters({ ...changes, next: undefined }, { replace });
}
