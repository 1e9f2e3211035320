import { formatRelative, formatZoned, ownTime, zoneText } from "../i18n/format";
import { t } from "../i18n/messages";
import type { Later, LocalTime, StartCheck } from "../state/start";
import { localText, twiceText } from "./start_texts";

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
  const own = ownTime(check.at, check.zone);
  return (
    <>
      <p>
        <strong>{formatZoned(check.at, check.zone)}</strong>{" "}
        <span class="soft">{formatRelative(check.at, now)}</span>
      </p>
      {own && <p>{own}</p>}
      {check.twice && (
        <Twice start={start} twice={check.twice} zone={check.zone} onChange={onChange} />
      )}
    </>
  );
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
  return (
    <div class="banner">
      <p>{twiceText(start.isSecond, taken, zone)}</p>
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
