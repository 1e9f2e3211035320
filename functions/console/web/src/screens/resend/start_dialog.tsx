import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { rescheduleResend } from "../../api/calls";
import type { Resend } from "../../api/types";
import { t } from "../../i18n/messages";
import { Announced } from "../../parts/announced";
import { Dialog } from "../../parts/dialog";
import { fieldError, ProblemBanner } from "../../parts/problem";
import { StartFields } from "../../parts/start_fields";
import { StartMeaning } from "../../parts/start_meaning";
import { spokenStart } from "../../parts/start_texts";
import { useAction } from "../../state/action";
import { persisted } from "../../state/persisted";
import {
  changedStart,
  checkStart,
  type Later,
  startAtInstant,
  startBody,
  ZONES,
} from "../../state/start";
import { ReachNote } from "./reach_note";
import { useReach } from "./use_reach";

interface Props {
  resend: Resend;
  onClose: () => void;
  onChanged: (resend: Resend) => void;
}

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
  const isTyping = useSignal(false);
  const isSettled = check.kind === "at" && !isTyping.value;
  const reach = useReach(resend, isSettled ? check.at.toISOString() : undefined);

  const change = (part: Partial<Later>) => {
    draft.value = { ...changedStart(start, part, now, ZONES), resend: resend.id };
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
        <StartFields
          start={start}
          check={check}
          refused={{
            startAt: fieldError(error, "/startAt"),
            timeZone: fieldError(error, "/timeZone"),
          }}
          isTyping={isTyping}
          onChange={change}
        />
        <div class="start-meaning">
          <StartMeaning start={start} check={check} now={now} onChange={change} />
        </div>
        <Announced text={spokenStart(check)} isTyping={isTyping.value} />
        {isSettled && <ReachNote resend={resend} reach={reach} />}
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
