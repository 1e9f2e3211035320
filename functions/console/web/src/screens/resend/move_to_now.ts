/** Moves a start to now. The API takes no start in its own past, and the page's clock may be slow. */

import { rescheduleResend } from "../../api/calls";
import { ProblemError } from "../../api/errors";
import type { Resend } from "../../api/types";

/** The request is under way for a while. */
const AHEAD = 3000;

export const soon = (now: string | number): string =>
  new Date(new Date(now).getTime() + AHEAD).toISOString();

/** The server's time in a refusal of a start in the past. */
function serverTime(error: unknown): string | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  const past = error.errors.find(one => one.rule === "in_the_past");
  const values = past?.values as Record<string, unknown> | undefined;
  return typeof values?.now === "string" ? values.now : undefined;
}

export async function startNow(resend: Resend): Promise<Resend> {
  try {
    return await rescheduleResend(resend.id, soon(Date.now()), resend.timeZone);
  } catch (error) {
    const now = serverTime(error);
    if (!now) throw error;
    return rescheduleResend(resend.id, soon(now), resend.timeZone);
  }
}
