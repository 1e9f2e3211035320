import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import type { Resend } from "../../api/types";
import { formatDuration, formatNumber, formatZoned } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import {
  awaitsNews,
  barValue,
  type Counts,
  finishedCount,
  isSettled,
  RECIPIENT_STATES,
  ratePerSecond,
  secondsLeft,
} from "./figures";
import { outcomeText, type Reasons, reasonsText } from "./outcome";
import type { WatchedResend } from "./use_resend";

interface Props {
  resend: Resend;
  watched: WatchedResend;
  reasons: Reasons;
}

/** How far the resend is: the bar, each state apart, the rate, and the time that is left. */
export function ProgressCard({ resend, watched, reasons }: Props) {
  const heading = useId();
  const { counts } = resend;
  const isCounting = resend.state === "preparing" && counts.eligible === 0;
  return (
    <section class="card" aria-labelledby={heading}>
      <h2 id={heading}>{t("resend.progress")}</h2>
      {isCounting ? (
        <p>{t("resends.choosing")}</p>
      ) : (
        <>
          <Bar resend={resend} />
          <States counts={counts} reasons={reasons} />
        </>
      )}
      <Speed resend={resend} watched={watched} />
      {counts.loggedInAfter > 0 && (
        <p>{t("resend.logged_in", { count: counts.loggedInAfter, eligible: counts.eligible })}</p>
      )}
      {counts.unknown > 0 && <p class="hint">{t("resend.doubt")}</p>}
      <AsOf resend={resend} watched={watched} />
    </section>
  );
}

/** How many recipients are in each state, and why they got no mail. */
function States({ counts, reasons }: { counts: Counts; reasons: Reasons }) {
  return (
    <dl class="resend-states">
      {RECIPIENT_STATES.filter(state => counts[state] > 0).map(state => {
        const why = reasons[state];
        return (
          <div key={state} class={`resend-state ${state}`}>
            <dt>{name("recipientState", state)}</dt>
            <dd>{formatNumber(counts[state])}</dd>
            {why && <dd class="resend-why">{reasonsText(why)}</dd>}
          </div>
        );
      })}
    </dl>
  );
}

function Bar({ resend }: { resend: Resend }) {
  const { counts } = resend;
  const id = useId();
  const bar = barValue(resend);
  const text = isSettled(resend)
    ? outcomeText(counts)
    : t("resends.finished_of", { finished: finishedCount(counts), eligible: counts.eligible });
  if (!bar) return <p class="resend-figure">{counts.eligible === 0 ? t("resend.nobody") : text}</p>;
  return (
    <>
      <label class="resend-figure" for={id}>
        {text}
      </label>
      <progress id={id} class="resend-bar" value={bar.value} max={bar.max} />
    </>
  );
}

/** The rate and the time that is left, while mails go. The time runs down between two answers. */
function Speed({ resend, watched }: Pick<Props, "resend" | "watched">) {
  const now = useSignal(Date.now());
  const isSending = resend.state === "sending";
  useEffect(() => {
    if (!isSending) return;
    const timer = setInterval(() => {
      if (!document.hidden) now.value = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  }, [isSending]);
  if (!isSending) return null;

  const rate = ratePerSecond(watched.looks());
  const left = secondsLeft(resend, rate, now.value);
  return (
    <p class="resend-speed">
      {rate !== undefined && rate > 0 && (
        <span>{t("resend.rate", { rate: formatNumber(Math.round(rate * 10) / 10) })}</span>
      )}
      {left !== undefined && <span>{t("resend.left", { duration: formatDuration(left) })}</span>}
      {resend.expectedFinish && (
        <span class="soft">
          {t("resend.finish", { at: formatZoned(resend.expectedFinish, resend.timeZone) })}
        </span>
      )}
    </p>
  );
}

/** When the figures were read, and after the end a button that reads them again. */
function AsOf({ resend, watched }: Pick<Props, "resend" | "watched">) {
  const { loading, reload } = watched.resource;
  const at = new Date(watched.looks().at(-1)?.at ?? Date.now());
  const asOf = t("resend.as_of", { at: formatZoned(at, resend.timeZone) });
  if (!isSettled(resend) || !awaitsNews(resend.counts)) return <p class="hint">{asOf}</p>;
  return (
    <p class="hint">
      {asOf} {t("resend.deliveries")}{" "}
      <button
        type="button"
        class="link-button"
        aria-disabled={loading.value}
        onClick={() => {
          if (!loading.value) void reload();
        }}
      >
        {t("resend.refresh")}
      </button>
    </p>
  );
}
