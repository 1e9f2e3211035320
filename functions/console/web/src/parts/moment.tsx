import { formatInstant, formatRelative, formatShort, zoneName } from "../i18n/format";
import { organisationZone } from "../state/operator";

interface Props {
  /** An instant of the API. */
  at: string;
  /** In a table, whose caption names the zone: without the zone and the relative time. */
  short?: boolean;
}

/** A time in the organisation's zone, with the name of the zone and how far away it is. */
export function Moment({ at, short = false }: Props) {
  const zone = organisationZone.value;
  const full = `${formatInstant(at, zone)}, ${zoneName(zone, at)}`;
  return (
    <time dateTime={at} title={short ? `${full} (${formatRelative(at)})` : undefined}>
      {short ? formatShort(at, zone) : `${full} (${formatRelative(at)})`}
    </time>
  );
}
