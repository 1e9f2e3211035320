import { zoneAllYear } from "../i18n/format";
import { t } from "../i18n/messages";

/** The zone of the times in a table or a picture: it stands before them, so that it is seen first. */
export function TimesIn({ zone }: { zone: string }) {
  return <p class="hint times">{t("time.all_in", { zone: zoneAllYear(zone) })}</p>;
}
