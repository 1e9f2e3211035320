/** The expected end of the sending in words. */

import type { NewResend } from "../../api/types";
import { formatDuration, formatZoned, ownTime } from "../../i18n/format";
import { t } from "../../i18n/messages";
import type { Model } from "./model";

/** "All mails are out at about …"; nothing while the numbers are those of another draft. A start at once has no zone of its own. */
export function finishText(
  { preview, body, start }: Pick<Model, "preview" | "body" | "start">,
  zoneOfNow: string,
): string {
  const { answer, isBusy, error } = preview;
  const isOutdated = isBusy.value || error.value !== undefined;
  if (isOutdated || !answer.value || !isSame(answer.value.body, body)) return "";
  const { expectedFinish, startAt, counts } = answer.value.preview;
  if (!expectedFinish || counts.eligible === 0) return "";
  if (start.kind !== "at" && start.kind !== "now") return "";

  const zone = start.kind === "at" ? start.zone : zoneOfNow;
  const seconds = (Date.parse(expectedFinish) - Date.parse(startAt)) / 1000;
  const finish = t("start.finish", {
    at: formatZoned(expectedFinish, zone),
    duration: formatDuration(Math.max(1, seconds)),
  });
  // Of a later start the reader's own time is said already.
  const own = start.kind === "now" ? ownTime(expectedFinish, zone) : undefined;
  return own ? t("time.sentences", { first: finish, second: own }) : finish;
}

function isSame(one: NewResend, other: NewResend | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
