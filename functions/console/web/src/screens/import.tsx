import { useEffect, useRef } from "preact/hooks";
import type { ScreenProps } from "../app";
import { t, tn } from "../i18n/messages";
import { Link } from "../parts/link";
import { ProblemBanner } from "../parts/problem";
import { useTitle } from "../parts/title";
import { to } from "../routes";
import { may } from "../state/operator";
import { FileChoice, ReadOptionsForm } from "./import/choice";
import { LineErrors } from "./import/line_errors";
import { Columns, Counts, FileErrorBanner, Notices } from "./import/result";
import {
  checked,
  chosen,
  clear,
  fileError,
  hasBegun,
  imported,
  isBusy,
  progress,
  retry,
  start,
  step,
  stop,
} from "./import/run";

export function ImportScreen(_: ScreenProps) {
  useTitle(t("nav.import"));
  return (
    <>
      <h1 tabIndex={-1}>{t("nav.import")}</h1>
      {may.keepDirectory.value ? <Import /> : <p>{t("import.not_allowed")}</p>}
    </>
  );
}

function Import() {
  const isDone = step.value === "imported" || hasBegun.value || step.value === "importing";
  return (
    <>
      {!isDone && (
        <>
          <p class="soft">{t("import.about")}</p>
          <FileChoice />
          <ReadOptionsForm />
        </>
      )}
      <Progress />
      <ProblemBanner error={stop.value} onRetry={retry} retryHint={t("import.retry_hint")} />
      {stop.value && <Stopped />}
      <FileErrorBanner />
      {step.value === "checked" && !fileError.value && <Checked />}
      {step.value === "imported" && <Imported />}
    </>
  );
}

function Progress() {
  const { done, of } = progress.value;
  const isShown = isBusy.value && of > 0;
  const part = { part: Math.min(done + 1, of), of };
  return (
    <div class="import-progress">
      <p role="status">
        {step.value === "reading" && t("import.reading")}
        {isShown && step.value === "checking" && t("import.checking", part)}
        {isShown && step.value === "importing" && t("import.importing", part)}
      </p>
      {isShown && of > 1 && <progress value={done} max={of} aria-label={t("import.progress")} />}
      {isShown && step.value === "importing" && <p class="hint">{t("import.keep_open")}</p>}
    </div>
  );
}

/** A run that stopped at a part. */
function Stopped() {
  const { done, of } = progress.value;
  return (
    <>
      {hasBegun.value && of > 1 && <p>{t("import.stopped_at", { done, of })}</p>}
      <div class="actions">
        <button type="button" class="button" onClick={retry}>
          {t("import.go_on")}
        </button>
        <button type="button" class="button" onClick={clear}>
          {t("import.another")}
        </button>
      </div>
    </>
  );
}

/** The answer to the dry run, and the button that imports. */
function Checked() {
  const outcome = checked.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const isGood = outcome.refused === 0;
  const lines = outcome.created + outcome.updated;
  return (
    <section class="card import-result">
      <h2 tabIndex={-1} ref={heading}>
        {isGood ? t("import.checked") : t("import.refused")}
      </h2>
      <p class="soft text">{chosen.value?.name}</p>
      {isGood && <Counts outcome={outcome} isDone={false} />}
      {isGood && lines > 0 && (
        <p>
          <button type="button" class="button primary" onClick={() => void start()}>
            {tn("import.start", lines)}
          </button>
        </p>
      )}
      {isGood && lines === 0 && <p>{t("import.nothing")}</p>}
      <LineErrors outcome={outcome} />
      <Notices notices={outcome.notices} />
      {isGood && <Columns outcome={outcome} />}
    </section>
  );
}

function Imported() {
  const outcome = imported.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { done, of } = progress.value;
  return (
    <section class="card import-result">
      <h2 tabIndex={-1} ref={heading}>
        {outcome.refused === 0 ? t("import.done") : t("import.done_in_part")}
      </h2>
      {outcome.refused > 0 && <p>{t("import.stopped_at", { done: done - 1, of })}</p>}
      <Counts outcome={outcome} isDone />
      <LineErrors outcome={outcome} />
      <Notices notices={outcome.notices} />
      <div class="actions">
        <button type="button" class="button" onClick={clear}>
          {t("import.another")}
        </button>
        <Link href={to.people()}>{t("nav.people")}</Link>
      </div>
    </section>
  );
}
