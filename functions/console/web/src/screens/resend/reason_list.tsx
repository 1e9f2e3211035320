import { name, t } from "../../i18n/messages";

/** Reasons with the number of users that each holds for. */
export function ReasonList({ reasons }: { reasons: [reason: string, count: number][] }) {
  return (
    <ul>
      {reasons.map(([reason, count]) => (
        <li key={reason}>{t("resend.reason_line", { reason: name("reason", reason), count })}</li>
      ))}
    </ul>
  );
}
