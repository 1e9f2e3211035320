import { formatInstant, formatRelative, ownZone, zoneName } from "../../i18n/format";
import { t } from "../../i18n/messages";

interface Props {
  at: string;
  timeZone: string;
  now: number;
}

/** The zone's name in words, and its id if the name does not hold it. */
export function zoneText(timeZone: string, at: string): string {
  const name = zoneName(timeZone, at);
  return name === timeZone ? name : t("time.zone", { name, id: timeZone });
}

/** A start: in the zone in which it was given, how far it is, and in the reader's own zone where that differs. */
export function StartTime({ at, timeZone, now }: Props) {
  const there = formatInstant(at, timeZone);
  const here = formatInstant(at, ownZone());
  return (
    <>
      <time dateTime={at}>{there}</time> <span class="soft">{zoneText(timeZone, at)}</span>
      <br />
      <span class="soft">{formatRelative(at, new Date(now))}</span>
      {here !== there && (
        <>
          <br />
          <span class="soft">{t("resend.own_time", { at: here })}</span>
        </>
      )}
    </>
  );
}
