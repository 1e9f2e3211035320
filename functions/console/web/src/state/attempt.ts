/**
 * The attempt to make something that must not be made twice.
 *
 * An attempt has one `Idempotency-Key`. The API keeps a key for 24 hours with the body that it carried out, so:
 *
 * - a request without an answer may have been carried out. It is repeated with the same key and the same body, until there is
 *   an answer: then the API answers what it made, and makes nothing;
 * - a refused request was not carried out, and its key is free for another body;
 * - a key that was used with another body, such as in a copy of the tab, is never used again.
 */

export type Attempt<R> =
  | { kind: "open"; key: string }
  | Asked<R>
  /** The key was used with another request: something may have been made that this tab does not know. */
  | { kind: "taken"; key: string };

/** A request that was sent, and has no answer yet. It is kept as it was sent. */
export interface Asked<R> {
  kind: "asked";
  key: string;
  request: R;
  /** The instant of the first try. */
  askedAt: string;
}

/** Less than the 24 hours for which the API keeps a key, by more than the clocks may differ. */
const SAFE = 23 * 3_600_000;

export function openAttempt<R>(key: string): Attempt<R> {
  return { kind: "open", key };
}

/**
 * The request to send now: the new one, or the one that has no answer, however the draft has changed since. `undefined` if
 * nothing may be sent with this key.
 */
export function ask<R>(attempt: Attempt<R>, request: R, now: Date): Asked<R> | undefined {
  if (attempt.kind === "open") {
    return { kind: "asked", key: attempt.key, request, askedAt: now.toISOString() };
  }
  return attempt.kind === "asked" && isSafeToRepeat(attempt, now) ? attempt : undefined;
}

/** The attempt after the API has refused its request. */
export function refused<R>(attempt: Attempt<R>, problem: string): Attempt<R> {
  if (attempt.kind !== "asked") return attempt;
  const { key } = attempt;
  return problem === "idempotency-key-reused" ? { kind: "taken", key } : { kind: "open", key };
}

/** Whether the API still knows the key of a request without an answer. Afterwards a repeated request could make a second one. */
export function isSafeToRepeat<R>(asked: Asked<R>, now: Date): boolean {
  return now.getTime() - Date.parse(asked.askedAt) < SAFE;
}

/** Whether the request that has no answer differs from the one that the draft would send. */
export function isChangedSince<R>(attempt: Attempt<R>, request: R): boolean {
  return attempt.kind === "asked" && JSON.stringify(attempt.request) !== JSON.stringify(request);
}
