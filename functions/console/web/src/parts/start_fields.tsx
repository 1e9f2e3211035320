import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { t } from "../i18n/messages";
import type { Later, StartCheck } from "../state/start";
import { Field } from "./field";
import { startError } from "./start_texts";
import { ZoneField } from "./zone_field";

interface Props {
  start: Later;
  check: StartCheck;
  /** What the API says of the instant and of the zone. */
  refused?: { startAt?: string | undefined; timeZone?: string | undefined };
  /** Whether a field is being typed in: its value is not complete before it is left. */
  isTyping: Signal<boolean>;
  onChange: (part: Partial<Later>) => void;
}

/** The fields of a later start: a date, a time and a zone, with what is wrong with them. */
export function StartFields({ start, check, refused = {}, isTyping, onChange }: Props) {
  const errorId = useId();
  const error = startError(check) ?? refused.startAt;
  const type = (part: Partial<Later>) => {
    isTyping.value = true;
    onChange(part);
  };
  const leave = () => {
    isTyping.value = false;
  };
  const marks = { "aria-invalid": error ? true : undefined, "aria-describedby": errorId };
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
              onBlur={leave}
              onInput={event => type({ date: event.currentTarget.value })}
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
              onBlur={leave}
              onInput={event => type({ time: event.currentTarget.value.slice(0, 5) })}
            />
          )}
        </Field>
        <ZoneField
          value={start.zone}
          error={check.kind === "unknown_zone" ? t("start.unknown_zone") : refused.timeZone}
          onInput={zone => type({ zone })}
          onEnter={zone => {
            leave();
            if (zone) onChange({ zone });
          }}
        />
      </div>
      <p id={errorId} class="field-error">
        {error}
      </p>
    </>
  );
}
