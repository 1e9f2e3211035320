import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Resend } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { finishedCount, isSettled, isStarting, milestone } from "./figures";
import { outcomeText } from "./outcome";

/** Tells screen readers when the state changes, and at each quarter of the way: not every number. */
export function Milestones({ resend }: { resend: Resend }) {
  const text = useSignal("");
  const { state, quarter } = milestone(resend);
  const starts = isStarting(resend, Date.now());
  const before = useRef({ state, quarter, starts });

  useEffect(() => {
    const { current } = before;
    before.current = { state, quarter, starts };
    const values = {
      state: name("resendState", state),
      finished: finishedCount(resend.counts),
      eligible: resend.counts.eligible,
    };
    if (starts && !current.starts) text.value = t("resend.is_starting");
    else if (current.state !== state && isSettled(resend))
      text.value = t("resend.milestone_end", { ...values, outcome: outcomeText(resend.counts) });
    else if (current.state !== state) text.value = t("resend.milestone_state", values);
    else if (current.quarter < quarter) text.value = t("resend.milestone", values);
  }, [state, quarter, starts]);

  return (
    <p class="visually-hidden" role="status">
      {text}
    </p>
  );
}
