import { useEffect, useRef } from "preact/hooks";
import { type ApiError, type FieldError, NoAnswerError, ProblemError } from "../api/errors";
import { formatInstant, formatList, ownZone } from "../i18n/format";
import { hasMessage, t, type Values } from "../i18n/messages";

/** The sentence of a broken rule in the operator's language. */
export function ruleText(
  error: Pick<FieldError, "rule" | "detail"> & { values?: Record<string, unknown> | undefined },
): string {
  const key = `rule.${error.rule}`;
  return hasMessage(key) ? t(key, textValues(error.values)) : error.detail;
}

/** The values of a sentence as texts: instants in the reader's zone, lists joined. */
export function textValues(values: Record<string, unknown> = {}): Values {
  const text = (value: unknown): string | number => {
    if (typeof value === "number") return value;
    if (Array.isArray(value)) return formatList(value.map(item => String(text(item))));
    if (typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value))
      return formatInstant(value, ownZone());
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
}

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
  /** Says how a repeated request behaves, such as that nobody gets a mail twice. */
  retryHint?: string;
  /** The name of the field at a pointer. */
  fieldName?: (pointer: string) => string | undefined;
  /** Leads to the place of an error. By default the control with that pointer gets the focus. */
  onGoTo?: (error: FieldError) => void;
}

function goToControl(error: FieldError): void {
  const pointer = error.pointer ?? error.parameter ?? "";
  document.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(pointer)}"]`)?.focus();
}

/** An error in place: what is wrong, links to the fields, and a way on. It takes the focus when it appears. */
export function ProblemBanner({
  error,
  onRetry,
  retryHint,
  fieldName,
  onGoTo = goToControl,
}: Props) {
  const banner = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error) banner.current?.focus();
  }, [error]);
  if (!error) return null;

  const errors = error instanceof ProblemError ? error.errors : [];
  const retryAt = error instanceof ProblemError ? error.retryAt : undefined;
  const mayRetry = onRetry && (error instanceof NoAnswerError || retryAt);
  return (
    <div class="banner error" role="alert" tabIndex={-1} ref={banner}>
      <p>{errorText(error)}</p>
      {retryAt && <p>{t("error.retry_at", { at: formatInstant(retryAt, ownZone()) })}</p>}
      {errors.length > 0 && (
        <ul>
          {errors.map((one, index) => {
            const pointer = one.pointer ?? one.parameter ?? "";
            const place = fieldName?.(pointer);
            return (
              <li key={index}>
                <button type="button" class="link-button" onClick={() => onGoTo(one)}>
                  {place ? `${place}: ${ruleText(one)}` : ruleText(one)}
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
