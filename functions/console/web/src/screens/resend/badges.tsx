import type { RecipientState, Resend, ResendState } from "../../api/types";
import { name } from "../../i18n/messages";
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

export function RecipientBadge({ state }: { state: RecipientState }) {
  return (
    <span class={`badge ${RECIPIENT_TONES[state] ?? ""}`}>{name("recipientState", state)}</span>
  );
}
