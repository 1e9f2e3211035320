import type { Resend } from "../../api/types";
import { formatRelative, formatZoned, ownTime } from "../../i18n/format";

/** A start: in the zone in which it was given, on the reader's own clocks, and how far it is while it is ahead. */
export function StartTime({ resend }: { resend: Resend }) {
  const { startAt, timeZone } = resend;
  const own = ownTime(startAt, timeZone);
  return (
    <>
      <time dateTime={startAt}>{formatZoned(startAt, timeZone)}</time>
      {own && <span class="soft block">{own}</span>}
      {new Date(startAt) > new Date() && <span class="soft block">{formatRelative(startAt)}</span>}
    </>
  );
}
