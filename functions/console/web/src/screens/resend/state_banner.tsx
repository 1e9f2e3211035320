import type { Resend, ResendState } from "../../api/types";
import { formatInstant, formatRelative, zoneText } from "../../i18n/format";
import { hasMessage, name, t } from "../../i18n/messages";
import { isSettled, mailedCount } from "./figures";

const TONES: Partial<Record<ResendState, string>> = {
  paused: "warning",
  failed: "error",
  completed: "good",
};

/** The state in words: what it means, why, and what can be done. */
export function StateBanner({ resend }: { resend: Resend }) {
  const reason = resend.pauseReason
    ? name("pauseReason", resend.pauseReason)
    : resend.failureReason && name("failureReason", resend.failureReason);
  const remedy = `resend.remedy.${resend.pauseReason ?? resend.failureReason}`;
  return (
    <div class={`banner ${TONES[resend.state] ?? ""}`}>
      <p>
        <strong>{stateText(resend)}</strong>
        {reason && ` ${reason}`}
      </p>
      {hasMessage(remedy) && <p>{t(remedy)}</p>}
      {!isSettled(resend) && resend.state !== "paused" && <p>{t("resend.close_page")}</p>}
    </div>
  );
}

function stateText(resend: Resend): string {
  const by = resend.responsibleName ?? resend.responsible;
  switch (resend.state) {
    case "scheduled":
      return t("resend.is_scheduled", {
        at: formatInstant(resend.startAt, resend.timeZone),
        zone: zoneText(resend.timeZone, resend.startAt),
        relative: formatRelative(resend.startAt),
      });
    case "paused":
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
        : t("resend.is_completed");
    case "preparing":
      return t("resend.is_preparing");
    case "sending":
      return t("resend.is_sending");
    default:
      return t("resend.is_failed");
  }
}
