/** The figures of a resend: how many recipients have an outcome, how fast mails go, and how long it still takes. */

import type { Recipient, RecipientState, Resend, ResendState } from "../../api/types";

export type Counts = Resend["counts"];

/** The states of a recipient, in the order in which they are shown. */
export const RECIPIENT_STATES: RecipientState[] = [
  "pending",
  "sending",
  "unknown",
  "sent",
  "delivered",
  "bounced",
  "complained",
  "failed",
  "skipped",
];

const FINAL: ResendState[] = ["completed", "cancelled", "failed"];

export function hasEnded(resend: Pick<Resend, "state">): boolean {
  return FINAL.includes(resend.state);
}

/** Recipients with an outcome. A mail in doubt has none yet. */
export function finishedCount(counts: Counts): number {
  return mailedCount(counts) + unmailedCount(counts);
}

/** Recipients whose mail the mail service has accepted. */
export function mailedCount(counts: Counts): number {
  return counts.sent + counts.delivered + counts.bounced + counts.complained;
}

/** Recipients to whom no mail went, and none will. */
export function unmailedCount(counts: Counts): number {
  return counts.failed + counts.skipped;
}

/** Whether nobody is without a mail, of those who have an outcome. */
export function gotAll(counts: Counts): boolean {
  return unmailedCount(counts) === 0;
}

/** Recipients whose mail has not gone, and would not go if the resend were cancelled now. */
export function unsentCount(counts: Counts): number {
  return counts.pending + counts.sending;
}

/** Whether nothing changes any more but by what happens to mails that have gone. */
export function isSettled(resend: Pick<Resend, "state" | "counts">): boolean {
  return hasEnded(resend) && unsentCount(resend.counts) === 0;
}

/** How a resend changes: it is about to begin, it moves, or news of mails that have gone may come in. */
export type Pace = "starting" | "moving" | "awaitingNews";

/** `undefined` for a resend of which nothing changes any more, because no mail has gone. */
export function paceOf(
  resend: Pick<Resend, "state" | "counts" | "startAt">,
  now: number,
): Pace | undefined {
  if (isStarting(resend, now)) return "starting";
  if (!isSettled(resend)) return "moving";
  return awaitsNews(resend.counts) ? "awaitingNews" : undefined;
}

/** Whether deliveries, bounces, complaints or logins may still come in after the end. */
export function awaitsNews(counts: Counts): boolean {
  return mailedCount(counts) + counts.unknown > 0;
}

/**
 * Whether recipients have come further than the counts, which follow some seconds later. `rows` are some of the recipients,
 * or all that are in a state.
 */
export function areBehind(counts: Counts, rows: Pick<Recipient, "state">[]): boolean {
  return RECIPIENT_STATES.some(
    state => rows.filter(row => row.state === state).length > counts[state],
  );
}

/** How near a start is that comes before an operator could change it, and how late a resend may begin, in milliseconds. */
const STARTS_WITHIN = 5000;
const STARTS_UNTIL = 60_000;

/** Whether a resend is about to begin. */
export function isStarting(
  { state, startAt }: Pick<Resend, "state" | "startAt">,
  now: number,
): boolean {
  const left = new Date(startAt).getTime() - now;
  return state === "scheduled" && left < STARTS_WITHIN && left > -STARTS_UNTIL;
}

/** Whether a pause came too late: no mail is left that it could hold back. */
export function isPausedInVain({ state, counts }: Pick<Resend, "state" | "counts">): boolean {
  return state === "paused" && counts.pending + counts.unknown === 0;
}

/**
 * The value of the bar: recipients with an outcome, and in the end those whose mail has gone. `undefined` while the number
 * of recipients is unknown, or if no mail went and none will.
 */
export function barValue(
  resend: Pick<Resend, "state" | "counts">,
): { value: number; max: number } | undefined {
  const { counts } = resend;
  if (counts.eligible === 0) return undefined;
  if (!isSettled(resend)) return { value: finishedCount(counts), max: counts.eligible };
  const mailed = mailedCount(counts);
  return mailed === 0 ? undefined : { value: mailed, max: counts.eligible };
}

/** The number of mails that had gone at an instant, in milliseconds. */
export interface Look {
  at: number;
  mailed: number;
}

/** The rate is that of the last half minute. */
const RATE_WINDOW = 30_000;

/** The looks with another one. Looks that are too old go, but for the youngest of them. */
export function addLook(looks: Look[], look: Look): Look[] {
  const last = looks.at(-1);
  if (last && look.mailed < last.mailed) return [look];
  const start = looks.findLastIndex(one => one.at <= look.at - RATE_WINDOW);
  return [...looks.slice(Math.max(0, start)), look];
}

/** Mails a second; `undefined` before there is anything to compare. */
export function ratePerSecond(looks: Look[]): number | undefined {
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last || last.at - first.at < 900) return undefined;
  return ((last.mailed - first.mailed) * 1000) / (last.at - first.at);
}

/** Seconds until the last mail goes: as the API expects it, or else at the present rate. */
export function secondsLeft(
  resend: Pick<Resend, "state" | "counts" | "expectedFinish">,
  rate: number | undefined,
  now: number,
): number | undefined {
  if (resend.state !== "sending") return undefined;
  const left = resend.counts.eligible - finishedCount(resend.counts);
  if (left <= 0) return undefined;

  const expected = resend.expectedFinish
    ? (new Date(resend.expectedFinish).getTime() - now) / 1000
    : 0;
  if (expected > 0) return expected;
  return rate ? left / rate : undefined;
}

/** What a listener is told: that the state changes, and each quarter of the way. */
export function milestone(resend: Pick<Resend, "state" | "counts">): {
  state: ResendState;
  quarter: number;
} {
  const { counts, state } = resend;
  const share = counts.eligible === 0 ? 0 : finishedCount(counts) / counts.eligible;
  return { state, quarter: state === "sending" ? Math.floor(share * 4) : 0 };
}

/** Recipients that a retry may name. */
export interface RetryChoice {
  state: "failed" | "bounced" | "unknown" | "skipped" | "cancelled";
  /** Their number as far as it is known. */
  count: number | undefined;
}

/** The recipients that a retry of this resend may name. */
export function retryChoices(resend: Pick<Resend, "state" | "counts">): RetryChoice[] {
  const { counts, state } = resend;
  const choices: RetryChoice[] = [
    { state: "failed", count: counts.failed },
    { state: "bounced", count: counts.bounced },
    { state: "unknown", count: counts.unknown },
    { state: "skipped", count: counts.skipped },
  ];
  // Those that a cancellation skipped are among the skipped ones, and not counted apart.
  if (state === "cancelled" && counts.skipped > 0) {
    choices.push({ state: "cancelled", count: undefined });
  }
  return choices.filter(choice => choice.count !== 0);
}
