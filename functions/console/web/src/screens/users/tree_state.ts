/** The group tree: what is loaded of it, and what is expanded. It is loaded one level at a time. */

import { signal } from "@preact/signals";
import { listAllGroups, listGroups } from "../../api/calls";
import type { GroupInScope } from "../../api/types";
import { persisted } from "../../state/persisted";
import { type Level, type Levels, pathOf } from "./tree_rows";

export const levels = signal<Levels>({});
export const expanded = persisted<string[]>("users.expanded", []);

/** The open group's ancestors with the group itself at the end, as last seen. */
export const openPath = persisted<GroupInScope[]>("users.path", []);

/** Member counts are counted every minute, so that levels are loaded again after one. */
const MAX_AGE = 60_000;

/** At most as many pages of groups are read to find a group that an address names. */
const MAX_PAGES = 10;

let loadedAt = 0;

function setLevel(parent: string, level: Level): void {
  levels.value = { ...levels.value, [parent]: level };
}

/** Begins to show the tree: forgets levels that may have changed. */
export function openTree(): void {
  if (Date.now() - loadedAt < MAX_AGE) return;
  loadedAt = Date.now();
  levels.value = {};
}

/** Loads the groups of a level, or those of its next page. */
export async function loadLevel(parent: string): Promise<void> {
  const before = levels.value[parent];
  if (before?.state === "loading") return;
  const groups = before?.groups ?? [];
  setLevel(parent, { groups, next: before?.next, state: "loading" });

  try {
    const page = await listGroups(parent || undefined, { next: before?.next });
    setLevel(parent, { groups: [...groups, ...page.groups], next: page.next, state: "loaded" });
  } catch {
    setLevel(parent, { groups, next: before?.next, state: "failed" });
  }
}

export function toggle(group: string): void {
  const { value } = expanded;
  expanded.value = value.includes(group) ? value.filter(id => id !== group) : [...value, group];
}

function showPath(path: GroupInScope[]): void {
  openPath.value = path;
  const closed = path.slice(0, -1).filter(group => !expanded.value.includes(group.id));
  if (closed.length) expanded.value = [...expanded.value, ...closed.map(group => group.id)];
}

/** Expands the way to the open group, and finds it first if no level that is loaded holds it. */
export async function openGroup(id: string | undefined): Promise<void> {
  if (id === undefined) {
    openPath.value = [];
    return;
  }
  const known = pathOf(levels.value, id);
  if (known) showPath(known);
  else if (openPath.value.at(-1)?.id === id) showPath(openPath.value);
  else showPath((await findPath(id)) ?? []);
}

/**
 * The way to a group from the list of all groups, in which a group comes after its parent. Only an address that was typed
 * or sent needs it: a group of the tree is known.
 */
async function findPath(id: string): Promise<GroupInScope[] | undefined> {
  const seen: GroupInScope[] = [];
  let next: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await listAllGroups({ next }).catch(() => undefined);
    if (!answer) return undefined;
    seen.push(...answer.groups);
    if (seen.some(group => group.id === id)) break;
    next = answer.next;
    if (next === undefined) return undefined;
  }

  const byId = new Map(seen.map(group => [group.id, group]));
  const path: GroupInScope[] = [];
  for (let at = byId.get(id); at; at = byId.get(at.parentId ?? "")) path.unshift(at);
  return path;
}

/** The name of a group with those above it, such as "Sales / Tokyo", as far as the tree knows them. */
export function groupName(id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const open = openPath.value;
  const path = open.at(-1)?.id === id ? open : pathOf(levels.value, id);
  return path?.map(group => group.name).join(" / ");
}
