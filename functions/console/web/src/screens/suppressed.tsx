import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";

export function SuppressedScreen(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t("nav.suppressed")}</h1>;
}
