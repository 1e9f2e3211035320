import { useSignal } from "@preact/signals";
import { formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/messages";
import { ruleText } from "../../parts/problem";
import { type LineError, MAX_ERRORS, type Outcome } from "./outcome";
import { options, readAs } from "./run";

/** The errors that a table shows before it is asked for more. */
const SHOWN = 100;

/** The errors of a file by line, and what can be done about them. */
export function LineErrors({ outcome }: { outcome: Outcome }) {
  const shown = useSignal(SHOWN);
  const { errors, refused, skipped, hasMore } = outcome;
  if (errors.length === 0) return null;
  return (
    <>
      <h3>{refused > 0 ? t("import.errors") : t("import.left_out")}</h3>
      <p>
        {refused > 0 ? tn("import.error_count", refused) : tn("import.left_out_count", skipped)}{" "}
        {(hasMore || errors.length >= MAX_ERRORS) && t("import.first", { max: MAX_ERRORS })}
      </p>
      {refused > 0 && <WaysOn errors={errors} />}
      <div class="table-frame">
        <table class="table stack">
          <caption class="visually-hidden">{t("import.errors")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("import.line")}</th>
              <th scope="col">{t("import.column")}</th>
              <th scope="col">{t("import.error")}</th>
            </tr>
          </thead>
          <tbody>
            {errors.slice(0, shown.value).map((error, index) => (
              <tr key={index}>
                <td data-label={t("import.line")}>{error.line && formatNumber(error.line)}</td>
                <td class="text" data-label={t("import.column")}>
                  {error.column}
                </td>
                <td class="text" data-label={t("import.error")}>
                  {ruleText(error)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {errors.length > shown.value && (
        <p>
          <button
            type="button"
            class="button"
            onClick={() => {
              shown.value += SHOWN;
            }}
          >
            {t("import.more_errors")}
          </button>
        </p>
      )}
    </>
  );
}

/** The choices that take the file in spite of its errors. */
function WaysOn({ errors }: { errors: LineError[] }) {
  const unknown = errors.filter(error => error.rule === "unknown_column");
  const isLeftOut = errors.every(error =>
    ["unknown_column", "duplicate_column", "missing_key_column", "repeated_login_id"].includes(
      error.rule,
    ),
  );
  return (
    <div class="actions import-ways">
      {unknown.length > 0 && !options.value.ignoreUnknown && (
        <button type="button" class="button" onClick={() => readAs({ ignoreUnknown: true })}>
          {tn("import.leave_out_columns", unknown.length)}
        </button>
      )}
      {!isLeftOut && !options.value.skipErrors && (
        <button type="button" class="button" onClick={() => readAs({ skipErrors: true })}>
          {t("import.take_good_lines")}
        </button>
      )}
    </div>
  );
}
