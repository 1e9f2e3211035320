import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";

export function SettingsScreen(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t("nav.settings")}</h1>;
}
