import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";

export function AuditScreen(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t("nav.audit")}</h1>;
}
