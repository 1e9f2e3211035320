import { formatInstant, ownZone, zoneText } from "../i18n/format";
import { t } from "../i18n/messages";
import { type Later, type LocalTime, type StartCheck, showsTheSame } from "../state/start";
import { localText, relativeStart } from "./start_texts";

interface Props {
  start: Later;
  check: StartCheck;
  now: Date;
  onChange: (part: Partial<Later>) => void;
}

/** The instant of a start in words; or the nearest ones, if it means none. */
export function StartMeaning({ start, check, now, onChange }: Props) {
  if (check.kind === "skipped")
    return <Offers offers={[check.before, check.after]} onChange={onChange} />;
  if (check.kind !== "at") return null;
  return (
    <>
      <p>
        <strong>{formatInstant(check.at, check.zone)}</strong>{" "}
        {t("start.in_zone", {
          zone: zoneText(check.zone, check.at),
          relative: relativeStart(check.at, now),
        })}
      </p>
      <OwnTime at={check.at} zone={check.zone} />
      {check.twice && (
        <Twice start={start} twice={check.twice} zone={check.zone} onChange={onChange} />
      )}
    </>
  );
}

/** The reader's own time, where their clocks show another one. */
function OwnTime({ at, zone }: { at: Date; zone: string }) {
  const own = ownZone();
  if (showsTheSame(own, zone, at)) return null;
  return <p>{t("start.own_time", { at: formatInstant(at, own), zone: zoneText(own, at) })}</p>;
}

function Offers({
  offers,
  onChange,
}: {
  offers: LocalTime[];
  onChange: (part: Partial<Later>) => void;
}) {
  return (
    <div class="actions">
      {offers.map(offer => (
        <button key={offer.time} type="button" class="button" onClick={() => onChange(offer)}>
          {t("start.take", { at: localText(offer) })}
        </button>
      ))}
    </div>
  );
}

/** Says which of two equal local times is taken, and offers the other one. */
function Twice({
  start,
  twice,
  zone,
  onChange,
}: {
  start: Later;
  twice: [Date, Date];
  zone: string;
  onChange: (part: Partial<Later>) => void;
}) {
  const [taken, other] = start.isSecond ? [twice[1], twice[0]] : twice;
  const named = { zone: zoneText(zone, taken) };
  return (
    <div class="banner">
      <p>{start.isSecond ? t("start.twice_second", named) : t("start.twice_first", named)}</p>
      <p>
        <button
          type="button"
          class="button"
          onClick={() => onChange({ isSecond: !start.isSecond })}
        >
          {t("start.take_other", { zone: zoneText(zone, other) })}
        </button>
      </p>
    </div>
  );
}
