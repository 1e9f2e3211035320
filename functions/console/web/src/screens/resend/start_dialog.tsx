import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { rescheduleResend } from "../../api/calls";
import type { Resend } from "../../api/types";
import { t } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { fieldError, ProblemBanner } from "../../parts/problem";
import { useAction } from "../../state/action";
import { persisted } from "../../state/persisted";
import { checkStart, type Start, startAtInstant, startBody, ZONES } from "../../state/start";
import { StartMeaning } from "./start_meaning";

interface Props {
  resend: Resend;
  onClose: () => void;
  onChanged: (resend: Resend) => void;
}

type Later = Extract<Start, { kind: "later" }>;

const draft = persisted<(Later & { resend: string }) | undefined>("resend.start", undefined);

/** The start that the operator has entered for this resend; at first the one that it has. */
function entered(resend: Resend): Later {
  if (draft.value?.resend === resend.id) return draft.value;
  const present = startAtInstant(new Date(resend.startAt), resend.timeZone);
  return present as Later;
}

/** Gives a resend that has not started another start. */
export function StartDialog({ resend, onClose, onChanged }: Props) {
  const action = useAction();
  const form = useId();
  const now = useNow();
  const start = entered(resend);
  const check = checkStart(start, now, ZONES);
  const isReady = check.kind === "at";

  const change = (part: Partial<Later>) => {
    draft.value = { ...start, isSecond: false, ...part, resend: resend.id };
  };
  const save = () =>
    action.run(async () => {
      const { startAt, timeZone } = startBody(start, ZONES);
      if (!startAt) return;
      const moved = await rescheduleResend(resend.id, startAt, timeZone);
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
          form={form}
          class="button primary"
          aria-disabled={action.running.value || !isReady}
        >
          {t("resend.start_save")}
        </button>
      }
    >
      <form
        id={form}
        onSubmit={event => {
          event.preventDefault();
          if (isReady) void save();
        }}
      >
        <ProblemBanner
          error={error}
          onRetry={() => void save()}
          retryHint={t("resend.repeat_safe")}
        />
        <Field label={t("start.date")} error={fieldError(error, "/startAt")} pointer="/startAt">
          {attributes => (
            <input
              {...attributes}
              class="input"
              type="date"
              value={start.date}
              onInput={event => change({ date: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={t("start.time")}>
          {attributes => (
            <input
              {...attributes}
              class="input"
              type="time"
              value={start.time}
              onInput={event => change({ time: event.currentTarget.value.slice(0, 5) })}
            />
          )}
        </Field>
        <Field
          label={t("start.zone")}
          hint={t("start.zone_hint")}
          error={
            check.kind === "unknown_zone" ? t("start.unknown_zone") : fieldError(error, "/timeZone")
          }
          pointer="/timeZone"
        >
          {attributes => (
            <input
              {...attributes}
              class="input"
              list={`${form}-zones`}
              autocomplete="off"
              spellcheck={false}
              value={start.zone}
              onInput={event => change({ zone: event.currentTarget.value })}
            />
          )}
        </Field>
        <datalist id={`${form}-zones`}>
          {ZONES.map(zone => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <StartMeaning start={start} check={check} now={now} onChange={change} />
      </form>
    </Dialog>
  );
}

/** The present time, by which a start comes to be in the past while the dialog is open. */
function useNow(): Date {
  const now = useSignal(new Date());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = new Date();
    }, 10_000);
    return () => clearInterval(timer);
  }, []);
  return now.value;
}
