/** The values of criteria as the controls of the panel have them. */

import { endsOf } from "../../state/filter_words";

export interface PeriodChoice {
  mode: "any" | "never" | "period";
  /** Days, such as `2026-12-01`; empty is open. */
  from: string;
  to: string;
}

export interface CountEnds {
  from: string;
  to: string;
}

export function periodOf(value: string | undefined): PeriodChoice {
  if (value === "never") return { mode: "never", from: "", to: "" };
  const ends = endsOf(value ?? "");
  return ends ? { mode: "period", ...ends } : { mode: "any", from: "", to: "" };
}

/** The criterion of a period; a period that is open at both ends is none. */
export function periodValue({ mode, from, to }: PeriodChoice): string | undefined {
  if (mode === "never") return "never";
  return mode === "period" && (from || to) ? `${from}..${to}` : undefined;
}

/** The criterion of a number of invitations: `0`, `1..3`, `2..`. Ends that are the wrong way round are changed over. */
export function countRange({ from, to }: CountEnds): string | undefined {
  const whole = (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined);
  const [low, high] = [whole(from), whole(to)];
  if (low === undefined && high === undefined) return undefined;
  if (low === undefined) return `0..${high}`;
  if (high === undefined) return `${low}..`;
  if (low === high) return `${low}`;
  return `${Math.min(low, high)}..${Math.max(low, high)}`;
}
