/** The refinement of the list of resends, as it stands in the address. */

import type { ResendQuery } from "../../api/calls";
import type { Resend, ResendState } from "../../api/types";

export const TABS = ["all", "scheduled", "running", "finished"] as const;
export type ListTab = (typeof TABS)[number];

const STATES: Record<ListTab, ResendState[]> = {
  all: [],
  scheduled: ["preparing", "scheduled"],
  running: ["sending", "paused"],
  finished: ["completed", "cancelled", "failed"],
};

/** The criteria, by the names that the API has for them. */
export const CRITERIA = ["group", "template", "createdBy", "from", "to"] as const;
export type ListCriterion = (typeof CRITERIA)[number];

export function tabOf(query: URLSearchParams): ListTab {
  return TABS.find(tab => tab === query.get("tab")) ?? "all";
}

/** The query that the API is asked, made from the address. */
export function listQuery(query: URLSearchParams): ResendQuery {
  const asked: ResendQuery = {};
  const states = STATES[tabOf(query)];
  if (states.length) asked.state = states.join(",");
  for (const criterion of CRITERIA) {
    const value = query.get(criterion);
    if (value) asked[criterion] = value;
  }
  const next = query.get("next");
  if (next) asked.next = next;
  return asked;
}

export function isRefined(query: URLSearchParams): boolean {
  return CRITERIA.some(criterion => query.get(criterion));
}

/** How soon a start counts as near, in milliseconds. */
const NEAR = 60_000;

/** Whether a list with these resends changes by itself soon. */
export function isMoving(resends: Resend[], now: number): boolean {
  return resends.some(({ state, startAt }) => {
    if (state === "scheduled") return new Date(startAt).getTime() - now < NEAR;
    return state === "preparing" || state === "sending";
  });
}
