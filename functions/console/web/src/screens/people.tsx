import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";

export function PeopleScreen(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t("nav.people")}</h1>;
}
