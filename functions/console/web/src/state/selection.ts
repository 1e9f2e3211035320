/** The one selection: it makes the label of the bar, and the body of the preview and of the creation. */

import { filterKey, selectionOf, type UserFilter } from "./filter";

/** Users that were ticked, by id, with the names to show; or everybody whom a filter matches, less some. */
export type Selection =
  | { kind: "users"; users: Record<string, string> }
  | {
      kind: "filter";
      filter: UserFilter;
      count: number;
      estimated: boolean;
      except: Record<string, string>;
    };

export const NOTHING: Selection = { kind: "users", users: {} };

export function isSelected(selection: Selection, user: string): boolean {
  return selection.kind === "users" ? user in selection.users : !(user in selection.except);
}

/** The number of selected users. */
export function selectedCount(selection: Selection): number {
  if (selection.kind === "users") return Object.keys(selection.users).length;
  return Math.max(0, selection.count - Object.keys(selection.except).length);
}

/** The selection after users are ticked or unticked. Of a filter, an unticked user is left out. */
export function tick(
  selection: Selection,
  users: { id: string; name: string }[],
  on: boolean,
): Selection {
  const names = (record: Record<string, string>, add: boolean) => {
    const next = { ...record };
    for (const { id, name } of users) {
      if (add) next[id] = name;
      else delete next[id];
    }
    return next;
  };
  if (selection.kind === "users") return { kind: "users", users: names(selection.users, on) };
  return { ...selection, except: names(selection.except, !on) };
}

/**
 * The selection under another filter. Users that were ticked stay selected; a selection of everybody whom a filter
 * matches ends, because it would mean other users.
 */
export function underFilter(selection: Selection, filter: UserFilter): Selection {
  const isOther = selection.kind === "filter" && filterKey(selection.filter) !== filterKey(filter);
  return isOther ? NOTHING : selection;
}

/** The selection as the API takes it. */
export function selectionBody(selection: Selection) {
  return selection.kind === "users"
    ? { userIds: Object.keys(selection.users) }
    : selectionOf(selection.filter, Object.keys(selection.except));
}
