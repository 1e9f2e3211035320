import { t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { query, setParameters, to } from "../../routes";
import { may } from "../../state/operator";
import { CRITERIA, isRefined, tabOf } from "./list_query";

/** A list without resends says what to do. */
export function EmptyList() {
  if (isRefined(query.value)) {
    const clear = Object.fromEntries(CRITERIA.map(criterion => [criterion, undefined]));
    return (
      <div class="card">
        <p>{t("resends.empty_refined")}</p>
        <button
          type="button"
          class="button"
          onClick={() => setParameters({ ...clear, next: undefined })}
        >
          {t("resends.clear")}
        </button>
      </div>
    );
  }
  return (
    <div class="card">
      <p>{t(`resends.empty.${tabOf(query.value)}`)}</p>
      {may.resend.value ? (
        <p>
          {t("resends.empty_how")} <Link href={to.users()}>{t("resends.empty_link")}</Link>
        </p>
      ) : (
        <p>{t("resends.empty_view_only")}</p>
      )}
    </div>
  );
}
