/** Users who are left out because their account is not valid at the start, and the starts that help them. */

import type { User } from "../api/types";

export type Validity = Pick<User, "validFrom" | "validUntil">;

/** Starts at which accounts are valid: from the first one on, and before the end. */
export interface ValidStarts {
  from: Date;
  until?: Date;
}

/** The starts from now on at which all of the accounts are valid; `undefined` if there are none. */
export function validStarts(users: Validity[], now: Date): ValidStarts | undefined {
  const begins = users.flatMap(user => (user.validFrom ? [Date.parse(user.validFrom)] : []));
  const ends = users.flatMap(user => (user.validUntil ? [Date.parse(user.validUntil)] : []));
  const from = new Date(Math.max(now.getTime(), ...begins));
  if (ends.length === 0) return { from };
  const until = new Date(Math.min(...ends));
  return from < until ? { from, until } : undefined;
}

/** What helps users outside their validity: another start, a change of the user, or either, if that differs or is not known. */
export type ValidityHelp = "start" | "change" | "either";

export function validityHelp(users: Validity[], now: Date): ValidityHelp {
  const helped = users.filter(user => validStarts([user], now)).length;
  if (users.length === 0 || (helped > 0 && helped < users.length)) return "either";
  return helped > 0 ? "start" : "change";
}
