import { useEffect, useRef } from "preact/hooks";
import { type ApiError, type FieldError, NoAnswerError, ProblemError } from "../api/errors";
import { formatZoned, ownZone } from "../i18n/format";
import { hasMessage, t } from "../i18n/messages";
import { ruleText } from "./sentences";

export { noticeText, ruleText, textValues } from "./sentences";

/** The sentence of an error that is not about a field. */
export function errorText(error: ApiError): string {
  if (error instanceof NoAnswerError) return t("error.no_answer");
  if (error instanceof ProblemError) {
    const key = `problem.${error.kind}`;
    return hasMessage(key) ? t(key) : error.problem.detail;
  }
  return t("error.signed_out");
}

/** The error of the field at a place of the request. */
export function fieldError(error: ApiError | undefined, pointer: string): string | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  const found = error.errors.find(one => (one.pointer ?? one.parameter) === pointer);
  return found && ruleText(found);
}

interface Props {
  error: ApiError | undefined;
  onRetry?: (() => void) | undefined;
  /** Says what is wrong instead of the sentence of the error's kind. */
  summary?: string | undefined;
  /** Says how a repeated request behaves, such as that nobody gets a mail twice. */
  retryHint?: string;
  /** The name of the field at a pointer. */
  fieldName?: (pointer: string) => string | undefined;
  /** Leads to the place of an error. By default the control with that pointer gets the focus. */
  onGoTo?: (error: FieldError) => void;
  /** Of something that happens by itself, such as a preview while the operator types: the focus stays where it is. */
  isQuiet?: boolean;
}

function goToControl(error: FieldError): void {
  const pointer = error.pointer ?? error.parameter ?? "";
  document.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(pointer)}"]`)?.focus();
}

/** An error in place: what is wrong, links to the fields, and a way on. It takes the focus when it appears. */
export function ProblemBanner({
  error,
  onRetry,
  summary,
  retryHint,
  fieldName,
  onGoTo = goToControl,
  isQuiet = false,
}: Props) {
  const banner = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error && !isQuiet) banner.current?.focus();
  }, [error]);
  if (!error) return null;

  const errors = error instanceof ProblemError ? error.errors : [];
  const retryAt = error instanceof ProblemError ? error.retryAt : undefined;
  const mayRetry = onRetry && (error instanceof NoAnswerError || retryAt);
  return (
    <div class="banner error" role={isQuiet ? "status" : "alert"} tabIndex={-1} ref={banner}>
      <p>{summary ?? errorText(error)}</p>
      {retryAt && <p>{t("error.retry_at", { at: formatZoned(retryAt, ownZone()) })}</p>}
      {errors.length > 0 && (
        <ul>
          {errors.map((one, index) => {
            const pointer = one.pointer ?? one.parameter ?? "";
            const place = fieldName?.(pointer);
            return (
              <li key={index}>
                <button type="button" class="link-button" onClick={() => onGoTo(one)}>
                  {place ? t("common.at_place", { place, text: ruleText(one) }) : ruleText(one)}
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {mayRetry && (
        <p>
          <button type="button" class="button" onClick={onRetry}>
            {t("common.try_again")}
          </button>{" "}
          {retryHint}
        </p>
      )}
    </div>
  );
}
