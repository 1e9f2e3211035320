import { useId, useMemo } from "preact/hooks";
import { rescheduleResend } from "../../api/calls";
import type { Resend } from "../../api/types";
import { t } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { fieldError, ProblemBanner } from "../../parts/problem";
import { useAction } from "../../state/action";
import { persisted } from "../../state/persisted";
import { type LocalStart, localStart, zones } from "./local_start";

interface Props {
  resend: Resend;
  onClose: () => void;
  onChanged: (resend: Resend) => void;
}

const draft = persisted<(LocalStart & { resend: string }) | undefined>("resend.start", undefined);

/** Gives a resend that has not started another start. */
export function StartDialog({ resend, onClose, onChanged }: Props) {
  const action = useAction();
  const list = useId();
  const known = useMemo(() => zones(resend.timeZone), [resend.timeZone]);
  const start =
    draft.value?.resend === resend.id ? draft.value : localStart(resend.startAt, resend.timeZone);

  const change = (part: Partial<LocalStart>) => {
    draft.value = { ...start, ...part, resend: resend.id };
  };
  const save = () =>
    action.run(async () => {
      const moved = await rescheduleResend(resend.id, `${start.date}T${start.time}`, start.zone);
      draft.value = undefined;
      onChanged(moved);
      onClose();
    });
  const error = action.error.value;
  return (
    <Dialog
      title={t("resend.start_title")}
      onClose={onClose}
      class="small"
      footer={
        <button
          type="submit"
          form={`${list}-form`}
          class="button primary"
          aria-disabled={action.running.value}
        >
          {t("resend.start_save")}
        </button>
      }
    >
      <form
        id={`${list}-form`}
        onSubmit={event => {
          event.preventDefault();
          void save();
        }}
      >
        <ProblemBanner
          error={error}
          onRetry={() => void save()}
          retryHint={t("resend.repeat_safe")}
        />
        <Field
          label={t("resend.start_date")}
          error={fieldError(error, "/startAt")}
          pointer="/startAt"
        >
          {attributes => (
            <input
              {...attributes}
              class="input"
              type="date"
              required
              value={start.date}
              onInput={event => change({ date: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={t("resend.start_time")}>
          {attributes => (
            <input
              {...attributes}
              class="input"
              type="time"
              required
              value={start.time}
              onInput={event => change({ time: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field
          label={t("resend.start_zone")}
          hint={t("resend.start_zone_hint")}
          error={fieldError(error, "/timeZone")}
          pointer="/timeZone"
        >
          {attributes => (
            <input
              {...attributes}
              class="input"
              list={list}
              required
              autocomplete="off"
              value={start.zone}
              onInput={event => change({ zone: event.currentTarget.value })}
            />
          )}
        </Field>
        <datalist id={list}>
          {known.map(zone => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </form>
    </Dialog>
  );
}
