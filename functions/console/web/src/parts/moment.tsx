import { formatInTable, formatRelative, formatZoned } from "../i18n/format";
import { t } from "../i18n/messages";
import { organisationZone } from "../state/operator";

interface Props {
  /** An instant of the API. */
  at: string;
  /** In a table, before which the zone is named: without the zone and the relative time. */
  short?: boolean;
}

/** A time in the organisation's zone, with the name of the zone and how far away it is. */
export function Moment({ at, short = false }: Props) {
  const zone = organisationZone.value;
  const full = t("time.with_distance", {
    time: formatZoned(at, zone),
    distance: formatRelative(at),
  });
  return (
    <time dateTime={at} title={short ? full : undefined}>
      {short ? formatInTable(at, zone) : full}
    </time>
  );
}
