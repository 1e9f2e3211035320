import { t } from "../../i18n/messages";
import { Announced } from "../../parts/announced";
import { fieldError } from "../../parts/problem";
import { StartFields } from "../../parts/start_fields";
import { StartMeaning } from "../../parts/start_meaning";
import { spokenStart } from "../../parts/start_texts";
import { organisationZone } from "../../state/operator";
import { changedStart, isMovedDate, type Later, tomorrow, ZONES } from "../../state/start";
import { finishText } from "./finish";
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
      <Announced
        text={later ? `${movedDate(model, later)} ${spokenStart(model.start)}`.trim() : ""}
        isTyping={model.isTyping.value}
      />
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
  const moved = movedDate(model, start);
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
        {moved && <p>{moved}</p>}
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

/** Says that the date that was offered has changed with the zone. */
function movedDate({ start, now }: Model, later: Later): string {
  if (start.kind !== "at" || !isMovedDate(later, now, organisationZone.value)) return "";
  return t("start.moved_date", { zone: start.zone });
}

/** The expected end of the sending, in the zone of the start. */
function Finish({ model }: { model: Model }) {
  const text = finishText(model, organisationZone.value);
  return (
    <>
      <div class="start-meaning">
        <p>{text}</p>
      </div>
      <p role="status" class="visually-hidden">
        {model.isTyping.value ? "" : text}
      </p>
    </>
  );
}
