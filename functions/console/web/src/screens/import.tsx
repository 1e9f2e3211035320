import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";

export function ImportScreen(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t("nav.import")}</h1>;
}
