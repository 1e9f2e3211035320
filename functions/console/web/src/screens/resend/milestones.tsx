import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Resend } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { finishedCount, milestone } from "./figures";

/** Tells screen readers when the state changes, and at each quarter of the way: not every number. */
export function Milestones({ resend }: { resend: Resend }) {
  const text = useSignal("");
  const { state, quarter } = milestone(resend);
  const before = useRef({ state, quarter });

  useEffect(() => {
    const { current } = before;
    before.current = { state, quarter };
    const values = {
      state: name("resendState", state),
      finished: finishedCount(resend.counts),
      eligible: resend.counts.eligible,
    };
    if (current.state !== state) text.value = t("resend.milestone_state", values);
    else if (current.quarter < quarter) text.value = t("resend.milestone", values);
  }, [state, quarter]);

  return (
    <p class="visually-hidden" role="status">
      {text}
    </p>
  );
}
