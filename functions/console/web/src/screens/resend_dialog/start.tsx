import { formatDuration, formatInstant, ownZone, zoneName } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { fieldError } from "../../parts/problem";
import { localText, relativeStart } from "../../parts/start_texts";
import { organisationZone } from "../../state/operator";
import { type LocalTime, type Start, tomorrow, ZONES, zoneOf } from "../../state/start";
import type { Model } from "./model";
import { StartNotices } from "./notices";
import { Section } from "./section";

const ERROR_ID = "start-error";

type Later = Extract<Start, { kind: "later" }>;

/** The section that says when the mails go out. */
export function StartSection({ model }: { model: Model }) {
  const { draft, change, now, preview } = model;
  const later = draft.start.kind === "later" ? draft.start : undefined;
  const chooseLater = () => change({ start: tomorrow(now, organisationZone.value) });
  return (
    <Section name="start" title={t("start.title")}>
      <fieldset>
        <legend class="visually-hidden">{t("start.title")}</legend>
        <label class="choice">
          <input
            type="radio"
            name="start"
            checked={!later}
            onChange={() => change({ start: { kind: "now" } })}
          />
          {t("start.now")}
        </label>
        <label class="choice">
          <input type="radio" name="start" checked={!!later} onChange={chooseLater} />
          {t("start.later")}
        </label>
      </fieldset>
      {later && <LaterFields model={model} start={later} />}
      <Meaning model={model} />
      <StartNotices notices={preview.answer.value?.preview.notices ?? []} />
    </Section>
  );
}

function LaterFields({ model, start }: { model: Model; start: Later }) {
  const { start: check, change, preview } = model;
  const set = (changes: Partial<Later>) =>
    change({ start: { ...start, isSecond: false, ...changes } });
  const error =
    startError(model) ??
    (check.kind === "at" ? fieldError(preview.error.value, "/startAt") : undefined);
  const marks = { "aria-invalid": error ? true : undefined, "aria-describedby": ERROR_ID };
  return (
    <>
      <div class="start-fields">
        <Field label={t("start.date")} pointer="/startAt">
          {attributes => (
            <input
              {...attributes}
              {...marks}
              class="input"
              type="date"
              required
              value={start.date}
              onInput={event => set({ date: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={t("start.time")}>
          {attributes => (
            <input
              {...attributes}
              {...marks}
              class="input"
              type="time"
              required
              value={start.time}
              onInput={event => set({ time: event.currentTarget.value.slice(0, 5) })}
            />
          )}
        </Field>
        <ZoneField model={model} start={start} onChange={zone => set({ zone })} />
      </div>
      <p id={ERROR_ID} class="field-error" role="status">
        {error}
      </p>
    </>
  );
}

function ZoneField({
  model,
  start,
  onChange,
}: {
  model: Model;
  start: Later;
  onChange: (zone: string) => void;
}) {
  const { start: check, preview } = model;
  const error =
    check.kind === "unknown_zone"
      ? t("start.unknown_zone")
      : fieldError(preview.error.value, "/timeZone");
  return (
    <Field label={t("start.zone")} hint={t("start.zone_hint")} error={error} pointer="/timeZone">
      {attributes => (
        <>
          <input
            {...attributes}
            class="input"
            list="start-zones"
            autocomplete="off"
            spellcheck={false}
            value={start.zone}
            onInput={event => onChange(event.currentTarget.value)}
            onBlur={event => {
              const zone = zoneOf(event.currentTarget.value, ZONES);
              if (zone && zone !== start.zone) onChange(zone);
            }}
          />
          <datalist id="start-zones">
            {ZONES.map(zone => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function startError({ start }: Model): string | undefined {
  switch (start.kind) {
    case "incomplete":
      return t("start.incomplete");
    case "skipped":
      return t("start.skipped", { zone: start.zone });
    case "past":
      return t("start.past");
    case "too_far":
      return t("start.too_far");
    default:
      return undefined;
  }
}

/** Spells the start out, or offers the nearest ones that are possible. */
function Meaning({ model }: { model: Model }) {
  const { start } = model;
  return (
    <div class="start-meaning" aria-live="polite">
      {start.kind === "at" && (
        <>
          <p>
            <strong>{formatInstant(start.at, start.zone)}</strong>{" "}
            {t("start.in_zone", {
              zone: zoneName(start.zone, start.at),
              relative: relativeStart(start.at, model.now),
            })}
          </p>
          <OwnTime at={start.at} zone={start.zone} />
          {start.twice && <Twice model={model} twice={start.twice} zone={start.zone} />}
        </>
      )}
      {start.kind === "skipped" && <Offers model={model} offers={[start.before, start.after]} />}
      {start.kind === "past" && (
        <p>
          <button
            type="button"
            class="button"
            onClick={() => model.change({ start: { kind: "now" } })}
          >
            {t("start.start_now")}
          </button>
        </p>
      )}
      <Finish model={model} />
    </div>
  );
}

/** The reader's own time, where their clocks show another one. */
function OwnTime({ at, zone }: { at: Date; zone: string }) {
  const own = ownZone();
  const [here, there] = [formatInstant(at, own), formatInstant(at, zone)];
  if (here === there) return null;
  return <p>{t("start.own_time", { at: here, zone: zoneName(own, at) })}</p>;
}

/** Says which of two equal local times is taken, and offers the other one. */
function Twice({ model, twice, zone }: { model: Model; twice: [Date, Date]; zone: string }) {
  const { draft, change } = model;
  const { start } = draft;
  if (start.kind !== "later") return null;
  const [taken, other] = start.isSecond ? [twice[1], twice[0]] : twice;
  return (
    <div class="banner">
      <p>
        {start.isSecond
          ? t("start.twice_second", { zone: zoneName(zone, taken) })
          : t("start.twice_first", { zone: zoneName(zone, taken) })}
      </p>
      <p>
        <button
          type="button"
          class="button"
          onClick={() => change({ start: { ...start, isSecond: !start.isSecond } })}
        >
          {t("start.take_other", { zone: zoneName(zone, other) })}
        </button>
      </p>
    </div>
  );
}

function Offers({ model, offers }: { model: Model; offers: LocalTime[] }) {
  const { draft, change } = model;
  const { start } = draft;
  if (start.kind !== "later") return null;
  return (
    <div class="actions">
      {offers.map(offer => (
        <button
          key={offer.time}
          type="button"
          class="button"
          onClick={() => change({ start: { ...start, ...offer, isSecond: false } })}
        >
          {t("start.take", { at: localText(offer) })}
        </button>
      ))}
    </div>
  );
}

/** The expected end of the sending, in the zone of the start. */
function Finish({ model }: { model: Model }) {
  const answer = model.preview.answer.value?.preview;
  const check = model.start;
  const isOutdated = model.preview.isBusy.value || model.preview.error.value !== undefined;
  if (isOutdated || !answer?.expectedFinish || answer.counts.eligible === 0) return null;
  if (check.kind !== "at" && check.kind !== "now") return null;
  const zone = check.kind === "at" ? check.zone : ownZone();
  const seconds = (Date.parse(answer.expectedFinish) - Date.parse(answer.startAt)) / 1000;
  return (
    <p>
      {t("start.finish", {
        at: formatInstant(answer.expectedFinish, zone),
        duration: formatDuration(Math.max(1, seconds)),
      })}
    </p>
  );
}
