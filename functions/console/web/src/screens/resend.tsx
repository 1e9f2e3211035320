import { useEffect } from "preact/hooks";
import { type ApiError, ProblemError } from "../api/errors";
import type { Resend } from "../api/types";
import type { ScreenProps } from "../app";
import { formatZoned } from "../i18n/format";
import { t } from "../i18n/messages";
import { Link } from "../parts/link";
import { ProblemBanner } from "../parts/problem";
import { Tabs } from "../parts/tabs";
import { useTitle } from "../parts/title";
import { parameter, setParameters, to } from "../routes";
import { loadNames } from "../state/names";
import { useReloadAfter } from "../state/resource";
import { ResendBadge } from "./resend/badges";
import { Chart } from "./resend/chart";
import { ExcludedList } from "./resend/excluded_list";
import { Facts } from "./resend/facts";
import { MailDialog } from "./resend/mail_dialog";
import { Milestones } from "./resend/milestones";
import { ProgressCard } from "./resend/progress_card";
import { RecipientList } from "./resend/recipient_list";
import { StateBanner } from "./resend/state_banner";
import { Steering } from "./resend/steering";
import { useReasons } from "./resend/use_reasons";
import { useResend, type WatchedResend } from "./resend/use_resend";

/** One resend: what it is, how far it is, who its recipients are, and what can be done about it. */
export function ResendScreen({ id = "" }: ScreenProps) {
  useEffect(loadNames, []);
  const watched = useResend(id);
  const { value, error, reload } = watched.resource;
  const resend = value.value;
  const start = resend && formatZoned(resend.startAt, resend.timeZone);
  useTitle(start ? t("resend.title", { start }) : t("nav.resends"));

  return (
    <>
      <p class="resend-back">
        <Link href={to.resends()}>{t("resend.back")}</Link>
      </p>
      <h1 tabIndex={-1} class="resend-heading">
        {start ? t("resend.title", { start }) : t("resend.heading")}{" "}
        {resend && <ResendBadge resend={resend} />}
      </h1>
      {resend ? (
        <Shown resend={resend} watched={watched} />
      ) : (
        <Unknown error={error.value} onRetry={() => void reload()} />
      )}
    </>
  );
}

/** A resend that is not there yet, or that the operator does not see. */
function Unknown({ error, onRetry }: { error: ApiError | undefined; onRetry: () => void }) {
  if (!error) return <p role="status">{t("common.loading")}</p>;
  const isMissing = error instanceof ProblemError && error.status === 404;
  if (!isMissing) return <ProblemBanner error={error} onRetry={onRetry} />;
  return (
    <div class="banner warning" role="alert">
      <p>{t("resend.not_found")}</p>
      <p>{t("resend.not_found_ask")}</p>
    </div>
  );
}

function Shown({ resend, watched }: { resend: Resend; watched: WatchedResend }) {
  const stale = watched.resource.error.value;
  const isForNobody = resend.state === "failed" && resend.counts.eligible === 0;
  const reasons = useReasons(resend);
  const tab = parameter("tab") ?? (isForNobody ? "excluded" : "recipients");

  // A list that is asked for shows the present states: the figures are read with it.
  useReloadAfter(watched.resource, [tab, parameter("state"), parameter("next")].join(" "));
  return (
    <>
      <Milestones resend={resend} />
      {stale && (
        <p class="banner warning" role="status">
          {t("resend.stale")}{" "}
          <button type="button" class="link-button" onClick={() => void watched.resource.reload()}>
            {t("common.try_again")}
          </button>
        </p>
      )}
      <StateBanner resend={resend} reasons={reasons} />
      <Steering resend={resend} onChanged={watched.take} />
      <div class="resend-columns">
        <div>
          <ProgressCard resend={resend} watched={watched} reasons={reasons} />
          <Chart resend={resend} />
        </div>
        <Facts resend={resend} />
      </div>
      <Tabs
        label={t("resend.users")}
        tabs={[
          {
            key: "recipients",
            label: t("resend.tab_recipients", { count: resend.counts.eligible }),
          },
          { key: "excluded", label: t("resend.tab_excluded", { count: resend.counts.excluded }) },
        ]}
        chosen={tab === "excluded" ? tab : "recipients"}
        onChoose={key =>
          setParameters({
            tab: key,
            state: undefined,
            next: undefined,
          })
        }
      >
        {tab === "excluded" ? (
          <ExcludedList resend={resend} />
        ) : (
          <RecipientList resend={resend} onRead={watched.compare} />
        )}
      </Tabs>
      {parameter("mail") && <MailDialog resend={resend} user={parameter("mail") ?? ""} />}
    </>
  );
}
