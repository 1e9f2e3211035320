import { useEffect, useRef } from "preact/hooks";
import { NoAnswerError } from "../../api/errors";
import { t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { ProblemBanner } from "../../parts/problem";
import { to } from "../../routes";
import { isChangedSince, isSafeToRepeat, openAttempt } from "../../state/attempt";
import { setAttempt, unanswered } from "../../state/draft_store";
import { type Creation, requestOf } from "./creation";
import type { Model } from "./model";
import { goToPlace, placeName } from "./places";

/** The errors of the creation, and requests of which nobody knows what became of them. */
export function AttemptBanners({ model, creation }: { model: Model; creation: Creation }) {
  const { attempt } = model.draft;
  const error = creation.error.value;
  const isRunning = creation.isRunning.value;
  return (
    <>
      {attempt.kind === "open" && !(error instanceof NoAnswerError) && (
        <ProblemBanner
          error={error}
          onRetry={() => void creation.create(model)}
          retryHint={t("dialog.repeat_is_safe")}
          fieldName={placeName}
          onGoTo={found => goToPlace(model, found)}
        />
      )}
      {attempt.kind === "asked" && !isRunning && <Unanswered model={model} creation={creation} />}
      {attempt.kind === "taken" && <Taken />}
      <EarlierUnanswered />
    </>
  );
}

/** The request may have been carried out. To send it again makes nothing twice, as long as its key is known. */
function Unanswered({ model, creation }: { model: Model; creation: Creation }) {
  const { attempt } = model.draft;
  const banner = useRef<HTMLDivElement>(null);
  useEffect(() => banner.current?.focus(), []);
  if (attempt.kind !== "asked") return null;
  if (!isSafeToRepeat(attempt, model.now)) return <Taken />;
  return (
    <div class="banner error" role="alert" tabIndex={-1} ref={banner}>
      <p>{t("dialog.unanswered")}</p>
      <p>
        {isChangedSince(attempt, requestOf(model))
          ? t("dialog.unanswered_changed")
          : t("dialog.repeat_is_safe")}
      </p>
      <p>
        <button type="button" class="button" onClick={() => void creation.create(model)}>
          {t("common.try_again")}
        </button>
      </p>
    </div>
  );
}

/** The key cannot be used again: the operator looks whether the resend was made, and decides. */
function Taken() {
  return (
    <div class="banner warning" role="alert">
      <p>{t("dialog.taken")}</p>
      <div class="actions">
        <Link href={to.resends()}>{t("dialog.taken_look")}</Link>
        <button
          type="button"
          class="button"
          onClick={() => setAttempt(openAttempt(crypto.randomUUID()))}
        >
          {t("dialog.taken_go_on")}
        </button>
      </div>
    </div>
  );
}

/** A request without an answer whose draft has ended. Nobody can say any more what the operator wants of it. */
function EarlierUnanswered() {
  if (!unanswered.value) return null;
  return (
    <div class="banner warning">
      <p>{t("dialog.earlier_unanswered")}</p>
      <div class="actions">
        <Link href={to.resends()}>{t("dialog.taken_look")}</Link>
        <button
          type="button"
          class="button"
          onClick={() => {
            unanswered.value = undefined;
          }}
        >
          {t("dialog.earlier_hide")}
        </button>
      </div>
    </div>
  );
}
