/** The names of groups and templates that lists show. A name that is not known yet is shown as its id. */

import { signal } from "@preact/signals";
import { listAllGroups, listTemplateNames, type TemplateName } from "../api/calls";
import type { GroupInScope } from "../api/types";
import { may } from "./operator";
import { shownTemplateName } from "./shown_name";

/** The groups in the operator's scope, each before its subgroups. */
export const knownGroups = signal<Map<string, GroupInScope>>(new Map());
/** Where the next page of groups begins; `undefined` if all are known. */
export const moreGroups = signal<string | undefined>(undefined);
export const knownTemplates = signal<Map<string, TemplateName>>(new Map());

/** Names are read again after a minute. */
const FRESH = 60_000;

let groupsAt = Number.NEGATIVE_INFINITY;
let templatesAt = Number.NEGATIVE_INFINITY;

/** Loads names, as far as the operator may read them. A failure leaves the ids. */
export function loadNames(): void {
  const now = performance.now();
  if (may.listGroups.value && now - groupsAt > FRESH) {
    groupsAt = now;
    void loadGroups(undefined).catch(() => {
      groupsAt = Number.NEGATIVE_INFINITY;
    });
  }
  if (may.readTemplates.value && now - templatesAt > FRESH) {
    templatesAt = now;
    void loadTemplates().catch(() => {
      templatesAt = Number.NEGATIVE_INFINITY;
    });
  }
}

/** Loads a page of groups. */
export async function loadGroups(next: string | undefined): Promise<void> {
  const page = await listAllGroups({ next });
  const known = new Map(next ? knownGroups.value : undefined);
  for (const group of page.groups) known.set(group.id, group);
  knownGroups.value = known;
  moreGroups.value = page.next;
}

async function loadTemplates(): Promise<void> {
  const page = await listTemplateNames({});
  knownTemplates.value = new Map(page.templates.map(template => [template.id, template]));
}

/** The names from the topmost known group to this one. */
export function groupPath(id: string): string {
  const names: string[] = [];
  const seen = new Set<string>();
  let group = knownGroups.value.get(id);
  while (group && !seen.has(group.id)) {
    seen.add(group.id);
    names.unshift(group.name);
    group = group.parentId ? knownGroups.value.get(group.parentId) : undefined;
  }
  return names.length ? names.join(" / ") : id;
}

export function templateName(id: string): string {
  return shownTemplateName(knownTemplates.value.get(id) ?? { id, name: id });
}
