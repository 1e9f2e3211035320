/** The start of a resend in words. */

import { formatLocal, formatZoned, ownTime, zoneText } from "../i18n/format";
import { t } from "../i18n/messages";
import type { LocalTime, StartCheck } from "../state/start";

export function localText({ date, time }: LocalTime): string {
  return formatLocal(`${date}T${time}`);
}

/** Why a date and a time mean no start. */
export function startError(check: StartCheck): string | undefined {
  switch (check.kind) {
    case "incomplete":
      return t("start.incomplete");
    case "skipped":
      return t("start.skipped", { zone: check.zone });
    case "past":
      return t("start.past");
    case "too_far":
      return t("start.too_far");
    default:
      return undefined;
  }
}

/** A start with its zone and on the reader's own clocks, or why it is none. How far it is would change with each minute. */
export function spokenStart(check: StartCheck): string {
  if (check.kind === "unknown_zone") return t("start.unknown_zone");
  if (check.kind !== "at") return startError(check) ?? "";
  const { at, zone, twice } = check;
  const [first] = twice ?? [];
  return [
    formatZoned(at, zone),
    ownTime(at, zone),
    first && twiceText(at.getTime() !== first.getTime(), at, zone),
  ]
    .filter(Boolean)
    .join(" ");
}

/** Says which of two equal local times is taken. */
export function twiceText(isSecond: boolean, taken: Date, zone: string): string {
  return t(isSecond ? "start.twice_second" : "start.twice_first", { zone: zoneText(zone, taken) });
}
