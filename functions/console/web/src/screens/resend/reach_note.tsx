import type { Resend } from "../../api/types";
import { formatZoned } from "../../i18n/format";
import { t, tn } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import type { Resource } from "../../state/resource";
import { isCheckable, MAX_CHECKED, type Reach } from "./reach";
import { ReasonList } from "./reason_list";

interface Props {
  resend: Resend;
  reach: Resource<Reach | undefined>;
  /** Whether the start is now: there is a later one to name, by which nobody would be left out. */
  isNow?: boolean;
}

/** How many recipients would get the mail at another start, and why the others would not; or why that is not known. */
export function ReachNote({ resend, reach, isNow = false }: Props) {
  const known = reach.value.value;
  const error = reach.error.value;
  if (!isCheckable(resend)) {
    const isLarge = resend.state === "scheduled";
    return (
      <p class="banner warning">
        {isLarge ? t("resend.reach_many", { count: MAX_CHECKED }) : t("resend.reach_preparing")}{" "}
        {t("resend.reach_rule")}
      </p>
    );
  }
  return (
    <div role="status">
      {error && (
        <>
          <ProblemBanner error={error} onRetry={() => void reach.reload()} isQuiet />
          <p>{t("resend.reach_unknown")}</p>
        </>
      )}
      {!error && reach.loading.value && <p>{t("resend.checking")}</p>}
      {!error && !reach.loading.value && known && (
        <Known resend={resend} reach={known} isNow={isNow} />
      )}
    </div>
  );
}

function Known({ resend, reach, isNow }: { resend: Resend; reach: Reach; isNow: boolean }) {
  const { eligible } = resend.counts;
  const { reached, reasons, unseen, allFrom } = reach;
  const isCooldown = reasons.some(([reason]) => reason === "recently_invited");
  return (
    <>
      {reasons.length === 0 ? (
        <p>{tn("resend.reach_all", eligible)}</p>
      ) : (
        <div class="banner warning">
          <p>
            <strong>
              {t(isNow ? "resend.reach_some_now" : "resend.reach_some", {
                missed: eligible - reached,
                eligible,
              })}
            </strong>
          </p>
          <ReasonList reasons={reasons} />
          {allFrom && isNow && (
            <p>
              {t("resend.reach_from", {
                at: formatZoned(allFrom, resend.timeZone),
              })}
            </p>
          )}
          {isCooldown && eligible === 1 && <p>{t("resend.reach_waived")}</p>}
        </div>
      )}
      {unseen > 0 && <p class="hint">{tn("resend.reach_unseen", unseen)}</p>}
    </>
  );
}
