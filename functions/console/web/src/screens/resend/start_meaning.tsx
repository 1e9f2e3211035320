import { formatInstant, formatRelative, ownZone } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { localText } from "../../parts/start_texts";
import { type LocalTime, type Start, type StartCheck, showsTheSame } from "../../state/start";
import { zoneText } from "./start_time";

type Later = Extract<Start, { kind: "later" }>;

interface Props {
  start: Later;
  check: StartCheck;
  now: Date;
  onChange: (part: Partial<Later>) => void;
}

/** The instant of a start in words; or why there is none, and the nearest ones. */
export function StartMeaning({ start, check, now, onChange }: Props) {
  return (
    <div aria-live="polite">
      {check.kind === "incomplete" && <p class="field-error">{t("start.incomplete")}</p>}
      {check.kind === "past" && <p class="field-error">{t("start.past")}</p>}
      {check.kind === "too_far" && <p class="field-error">{t("start.too_far")}</p>}
      {check.kind === "skipped" && (
        <>
          <p class="field-error">{t("start.skipped", { zone: check.zone })}</p>
          <Offers offers={[check.before, check.after]} onChange={onChange} />
        </>
      )}
      {check.kind === "at" && (
        <>
          <p>
            <strong>{formatInstant(check.at, check.zone)}</strong>{" "}
            {t("start.in_zone", {
              zone: zoneText(check.zone, check.at.toISOString()),
              relative: formatRelative(check.at, now),
            })}
          </p>
          <OwnTime at={check.at} zone={check.zone} />
          {check.twice && (
            <Twice start={start} twice={check.twice} zone={check.zone} onChange={onChange} />
          )}
        </>
      )}
    </div>
  );
}

/** The reader's own time, where their clocks show another one. */
function OwnTime({ at, zone }: { at: Date; zone: string }) {
  const own = ownZone();
  if (showsTheSame(own, zone, at)) return null;
  const values = { at: formatInstant(at, own), zone: zoneText(own, at.toISOString()) };
  return <p>{t("start.own_time", values)}</p>;
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
  const named = (at: Date) => ({ zone: zoneText(zone, at.toISOString()) });
  return (
    <div class="banner">
      <p>
        {start.isSecond
          ? t("start.twice_second", named(taken))
          : t("start.twice_first", named(taken))}
      </p>
      <button type="button" class="button" onClick={() => onChange({ isSecond: !start.isSecond })}>
        {t("start.take_other", named(other))}
      </button>
    </div>
  );
}
