/** The refinement of users: it stands in the address, and goes to the API as it is. */

/** The criteria, by the names that the API has for them. */
export const CRITERIA = [
  "q",
  "status",
  "firstLogin",
  "signedUp",
  "lastInvited",
  "inviteCount",
  "invitation",
  "suppressed",
] as const;
export type Criterion = (typeof CRITERIA)[number];

export interface UserFilter extends Partial<Record<Criterion, string>> {
  group?: string;
}

/** The filter of an address. */
export function filterOf(query: URLSearchParams, group?: string): UserFilter {
  const filter: UserFilter = group === undefined ? {} : { group };
  for (const criterion of CRITERIA) {
    const value = query.get(criterion);
    if (value) filter[criterion] = value;
  }
  return filter;
}

export function hasCriteria(filter: UserFilter): boolean {
  return CRITERIA.some(criterion => filter[criterion] !== undefined);
}

/** Two filters that select the same users are equal. */
export function filterKey(filter: UserFilter): string {
  return JSON.stringify([
    filter.group ?? null,
    ...CRITERIA.map(criterion => filter[criterion] ?? null),
  ]);
}

/** The selection of everybody whom a filter matches, as the API takes it. */
export function selectionOf(filter: UserFilter, except: string[]) {
  const isEverybody = !filter.group && !hasCriteria(filter);
  return {
    filter,
    ...(isEverybody ? { everyone: true } : {}),
    ...(except.length ? { except } : {}),
  };
}
