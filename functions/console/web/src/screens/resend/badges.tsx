import type { RecipientState, ResendState } from "../../api/types";
import { name } from "../../i18n/messages";

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

export function ResendBadge({ state }: { state: ResendState }) {
  return <span class={`badge ${RESEND_TONES[state] ?? ""}`}>{name("resendState", state)}</span>;
}

export function RecipientBadge({ state }: { state: RecipientState }) {
  return (
    <span class={`badge ${RECIPIENT_TONES[state] ?? ""}`}>{name("recipientState", state)}</span>
  );
}
