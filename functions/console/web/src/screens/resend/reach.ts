/** Whom a resend that waits would reach at another start, and why not all of its recipients. */

import type { Preview, Resend } from "../../api/types";

/** Recipients of a larger resend are not asked about: it would take many requests. */
export const MAX_CHECKED = 1000;

export interface Reach {
  /** Recipients who would get the mail. Those whom the operator may not see are among them. */
  reached: number;
  /** The others by reason, the most frequent one first. */
  reasons: [reason: string, count: number][];
  /** Recipients whom the operator may not see, so that nothing is known about them. */
  unseen: number;
  /** When the last cooldown ends, if every reason is a cooldown. */
  allFrom?: string;
}

/** Whether it can be asked who would get the mail. */
export function isCheckable({ state, counts }: Pick<Resend, "state" | "counts">): boolean {
  return state === "scheduled" && counts.eligible <= MAX_CHECKED;
}

/**
 * The answer of a preview for the recipients that the operator sees. Whether the mail can be rendered is not judged: the
 * preview knows nothing of changes for this resend only.
 */
export function reachOf(eligible: number, seen: number, preview: Preview): Reach {
  const reasons = Object.entries(preview.counts.byReason)
    .filter(([reason, count]) => count > 0 && reason !== "not_renderable")
    .sort(([, a], [, b]) => b - a);
  const missed = reasons.reduce((sum, [, count]) => sum + count, 0);
  const ends = preview.excluded.flatMap(({ until }) => (until ? [until] : [])).sort();
  const allFrom = ends.length === missed ? ends.at(-1) : undefined;
  return {
    reached: Math.max(0, eligible - missed),
    reasons,
    unseen: Math.max(0, eligible - seen),
    ...(allFrom ? { allFrom } : {}),
  };
}
