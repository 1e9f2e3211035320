import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";

export function UsersScreen(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t("nav.users")}</h1>;
}
