import type { Recipient, RecipientState, Resend, ResendState } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { gotAll } from "./figures";

const RESEND_TONES: Record<ResendState, string> = {
  preparing: "accent",
  scheduled: "accent",
  sending: "accent",
  paused: "warning",
  completed: "good",
  cancelled: "",
  failed: "danger",
};

const RECIPIENT_TONES: Record<RecipientState, string> = {
  pending: "",
  sending: "accent",
  unknown: "warning",
  sent: "accent",
  delivered: "good",
  bounced: "danger",
  complained: "danger",
  failed: "danger",
  skipped: "",
};

export function ResendBadge({ resend }: { resend: Resend }) {
  const { state } = resend;
  const tone = state === "completed" && !gotAll(resend.counts) ? "warning" : RESEND_TONES[state];
  return <span class={`badge ${tone ?? ""}`}>{name("resendState", state)}</span>;
}

interface OutcomeProps {
  state: RecipientState;
  reason: Recipient["reason"];
}

/** The state of a recipient, and why it is that. */
export function Outcome({ state, reason }: OutcomeProps) {
  return (
    <>
      <span class={`badge ${RECIPIENT_TONES[state]}`}>{name("recipientState", state)}</span>
      {reason && <span class="recipient-reason">{name("reason", reason)}</span>}
      {state === "unknown" && <span class="recipient-reason soft">{t("resend.doubt_short")}</span>}
    </>
  );
}
