import { useId } from "preact/hooks";
import { t } from "../i18n/messages";
import type { Later, StartCheck } from "../state/start";
import { Field } from "./field";
import { ZoneField } from "./zone_field";

interface Props {
  start: Later;
  check: StartCheck;
  /** What the API says of the instant and of the zone. */
  refused?: { startAt?: string | undefined; timeZone?: string | undefined };
  onChange: (part: Partial<Later>) => void;
}

/** The fields of a later start: a date, a time and a zone, with what is wrong with them. */
export function StartFields({ start, check, refused = {}, onChange }: Props) {
  const errorId = useId();
  const error = startError(check) ?? refused.startAt;
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
              onInput={event => onChange({ date: event.currentTarget.value })}
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
              onInput={event => onChange({ time: event.currentTarget.value.slice(0, 5) })}
            />
          )}
        </Field>
        <ZoneField
          value={start.zone}
          error={check.kind === "unknown_zone" ? t("start.unknown_zone") : refused.timeZone}
          onChange={zone => onChange({ zone })}
        />
      </div>
      <p id={errorId} class="field-error" role="status">
        {error}
      </p>
    </>
  );
}

/** The sentence of a start that means no instant. */
export function startError(check: StartCheck): string | undefined {
  switch (check.kind) {
    case "incomplete":
      return t("start.incomplete");
    case "skipped":
      return t("start.skipped", { zone: check.zone });
    case "past":
      return t("start.past");
    case "too_far":
      return t("start.too_far");
    default:
      return undefined;
  }
}
