import { formatInstant, formatRelative, ownZone, zoneText } from "../../i18n/format";
import { t } from "../../i18n/messages";

interface Props {
  at: string;
  timeZone: string;
  now: number;
}

/** A start: in the zone in which it was given, how far it is while it is ahead, and in the reader's own zone where that differs. */
export function StartTime({ at, timeZone, now }: Props) {
  const there = formatInstant(at, timeZone);
  const here = formatInstant(at, ownZone());
  return (
    <>
      <time dateTime={at}>{there}</time> <span class="soft">{zoneText(timeZone, at)}</span>
      {new Date(at).getTime() > now && (
        <>
          <br />
          <span class="soft">{formatRelative(at, new Date(now))}</span>
        </>
      )}
      {here !== there && (
        <>
          <br />
          <span class="soft">{t("resend.own_time", { at: here })}</span>
        </>
      )}
    </>
  );
}
