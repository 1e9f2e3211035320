import { t } from "../../i18n/messages";
import { goToSection } from "./section";

/** Leads the keyboard past a list of recipients. It is seen while it has the focus. */
export function SkipList() {
  return (
    <button type="button" class="button skip-list" onClick={() => goToSection("mail")}>
      {t("recipients.skip")}
    </button>
  );
}
