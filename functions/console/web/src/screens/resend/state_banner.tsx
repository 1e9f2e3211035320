import type { Resend, ResendState } from "../../api/types";
import { formatRelative, formatZoned } from "../../i18n/format";
import { hasMessage, name, t } from "../../i18n/messages";
import { gotAll, isPausedInVain, isSettled, isStarting, mailedCount } from "./figures";
import { outcomeText, type Reasons, unmailedTexts } from "./outcome";

const TONES: Partial<Record<ResendState, string>> = {
  paused: "warning",
  failed: "error",
};

function tone({ state, counts }: Resend): string {
  if (state === "completed") return gotAll(counts) ? "good" : "warning";
  return TONES[state] ?? "";
}

interface Props {
  resend: Resend;
  reasons: Reasons;
}

/** The state in words: what it means, why, and what can be done. */
export function StateBanner({ resend, reasons }: Props) {
  // The state's own words say who paused it.
  const isPausedByOperator = resend.pauseReason === "operator" && !isPausedInVain(resend);
  const pauseReason = isPausedByOperator ? undefined : resend.pauseReason;
  const reason = pauseReason
    ? name("pauseReason", pauseReason)
    : resend.failureReason && name("failureReason", resend.failureReason);
  const remedy = isPausedInVain(resend)
    ? "resend.remedy.nothing_left"
    : `resend.remedy.${resend.pauseReason ?? resend.failureReason}`;
  return (
    <div class={`banner ${tone(resend)}`}>
      <p>
        <strong>{stateText(resend)}</strong>
        {reason && ` ${reason}`}
      </p>
      {isSettled(resend) &&
        unmailedTexts(resend, reasons).map((text, index) => <p key={index}>{text}</p>)}
      {hasMessage(remedy) && <p>{t(remedy)}</p>}
      {!isSettled(resend) && resend.state !== "paused" && <p>{t("resend.close_page")}</p>}
    </div>
  );
}

function stateText(resend: Resend): string {
  const by = resend.responsibleName ?? resend.responsible;
  switch (resend.state) {
    case "scheduled":
      if (isStarting(resend, Date.now())) return t("resend.is_starting");
      return t("resend.is_scheduled", {
        at: formatZoned(resend.startAt, resend.timeZone),
        relative: formatRelative(resend.startAt),
      });
    case "paused":
      if (isPausedInVain(resend)) return t("resend.is_paused_late");
      return resend.pauseReason === "operator"
        ? t("resend.is_paused_by", { by })
        : t("resend.is_paused");
    case "cancelled":
      return mailedCount(resend.counts) === 0
        ? t("resend.is_cancelled_unsent", { by })
        : t("resend.is_cancelled", { by });
    case "completed":
      return mailedCount(resend.counts) === 0
        ? t("resend.is_completed_unsent")
        : t("resend.is_completed", { outcome: outcomeText(resend.counts) });
    case "preparing":
      return t("resend.is_preparing");
    case "sending":
      return t("resend.is_sending");
    default:
      return t("resend.is_failed");
  }
}
