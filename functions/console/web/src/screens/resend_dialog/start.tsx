import { formatDuration, formatZoned, ownTime } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { Announced } from "../../parts/announced";
import { fieldError } from "../../parts/problem";
import { StartFields } from "../../parts/start_fields";
import { StartMeaning } from "../../parts/start_meaning";
import { spokenStart } from "../../parts/start_texts";
import { organisationZone } from "../../state/operator";
import { changedStart, type Later, tomorrow, ZONES } from "../../state/start";
import type { Model } from "./model";
import { StartNotices } from "./notices";
import { Section } from "./section";

/** The section that says when the mails go out. */
export function StartSection({ model }: { model: Model }) {
  const { draft, change, now, preview } = model;
  const later = draft.start.kind === "later" ? draft.start : undefined;
  const chooseNow = () => change({ start: { kind: "now" } });
  const chooseLater = () => change({ start: tomorrow(now, organisationZone.value) });
  return (
    <Section name="start" title={t("start.title")}>
      <fieldset>
        <legend class="visually-hidden">{t("start.title")}</legend>
        <label class="choice">
          <input type="radio" name="start" checked={!later} onChange={chooseNow} />
          {t("start.now")}
        </label>
        <label class="choice">
          <input type="radio" name="start" checked={!!later} onChange={chooseLater} />
          {t("start.later")}
        </label>
      </fieldset>
      {later && <LaterStart model={model} start={later} onNow={chooseNow} />}
      <Announced text={later ? spokenStart(model.start) : ""} isTyping={model.isTyping.value} />
      <Finish model={model} />
      <StartNotices notices={preview.answer.value?.preview.notices ?? []} />
    </Section>
  );
}

interface LaterProps {
  model: Model;
  start: Later;
  onNow: () => void;
}

function LaterStart({ model, start, onNow }: LaterProps) {
  const { start: check, now, change, preview } = model;
  const set = (part: Partial<Later>) => change({ start: changedStart(start, part, now, ZONES) });
  const told = (pointer: string) => fieldError(preview.error.value, pointer);
  return (
    <>
      <StartFields
        start={start}
        check={check}
        refused={{ startAt: told("/startAt"), timeZone: told("/timeZone") }}
        isTyping={model.isTyping}
        onChange={set}
      />
      <div class="start-meaning">
        <StartMeaning start={start} check={check} now={now} onChange={set} />
        {check.kind === "past" && (
          <p>
            <button type="button" class="button" onClick={onNow}>
              {t("start.start_now")}
            </button>
          </p>
        )}
      </div>
    </>
  );
}

/** The expected end of the sending, in the zone of the start. */
function Finish({ model }: { model: Model }) {
  const text = finishText(model);
  return (
    <>
      <div class="start-meaning">
        <p>{text}</p>
      </div>
      <Announced text={text} isTyping={model.isTyping.value} />
    </>
  );
}

function finishText({ preview, start }: Model): string {
  const answer = preview.answer.value?.preview;
  const isOutdated = preview.isBusy.value || preview.error.value !== undefined;
  if (isOutdated || !answer?.expectedFinish || answer.counts.eligible === 0) return "";
  if (start.kind !== "at" && start.kind !== "now") return "";

  const zone = start.kind === "at" ? start.zone : organisationZone.value;
  const seconds = (Date.parse(answer.expectedFinish) - Date.parse(answer.startAt)) / 1000;
  const finish = t("start.finish", {
    at: formatZoned(answer.expectedFinish, zone),
    duration: formatDuration(Math.max(1, seconds)),
  });
  // Of a later start the reader's own time is said already.
  const own = start.kind === "now" ? ownTime(answer.expectedFinish, zone) : undefined;
  return own ? t("time.sentences", { first: finish, second: own }) : finish;
}
