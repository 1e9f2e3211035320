import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";

export function ResendsScreen(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t("nav.resends")}</h1>;
}
