import { useEffect, useRef } from "preact/hooks";
import { formatList, formatNumber } from "../../i18n/format";
import { name, t, tn } from "../../i18n/messages";
import { noticeText, ruleText } from "../../parts/problem";
import type { ImportNotice, Outcome } from "./outcome";
import { fileError, options, readAs } from "./run";

/** A file that cannot be read at all. */
export function FileErrorBanner() {
  const error = fileError.value;
  const banner = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error) banner.current?.focus();
  }, [error]);
  if (!error) return null;

  const charset = error !== "too_large" ? error.values?.charset : undefined;
  return (
    <div class="banner error" role="alert" tabIndex={-1} ref={banner}>
      {error === "too_large" ? (
        <p>{t("import.too_large")}</p>
      ) : (
        <p>
          {error.rule === "unclosed_quote" && `${t("import.in_line", { line: error.line })} `}
          {ruleText({ detail: "", ...named(error) })}
        </p>
      )}
      {charset && (
        <p>
          <button type="button" class="button" onClick={() => readAs({ charset })}>
            {t("import.read_as", { charset: name("import.charsets", charset) })}
          </button>
        </p>
      )}
      {error !== "too_large" && error.rule === "encoding" && options.value.charset && (
        <p>{t("import.other_charset")}</p>
      )}
    </div>
  );
}

/** The error with the name of its encoding as a person knows it. */
function named<E extends { rule: string; values?: Record<string, string> }>(error: E): E {
  const charset = error.values?.charset;
  return charset ? { ...error, values: { charset: name("import.charsets", charset) } } : error;
}

/** How many users are created, changed and left as they are. */
export function Counts({ outcome, isDone }: { outcome: Outcome; isDone: boolean }) {
  const { created, updated, unchanged, skipped } = outcome;
  const rows: [string, number][] = [
    [t(isDone ? "import.created" : "import.to_create"), created],
    [t(isDone ? "import.updated" : "import.to_update"), updated],
    [t("import.unchanged"), unchanged],
  ];
  if (skipped > 0) rows.push([t("import.skipped"), skipped]);
  return (
    <dl class="import-counts">
      {rows.map(([label, count]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{formatNumber(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The name of a column of users. */
function columnName(column: string): string {
  const attribute = /^attributes\.(.+)$/.exec(column)?.[1];
  return attribute ? t("import.attribute", { name: attribute }) : name("import.columns", column);
}

/** The columns of the file, and what they are read as. */
export function Columns({ outcome }: { outcome: Outcome }) {
  const { columns, ignored } = outcome;
  return (
    <>
      <h3>{t("import.columns_read")}</h3>
      <div class="table-frame">
        <table class="table">
          <caption class="visually-hidden">{t("import.columns_read")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("import.column_of_file")}</th>
              <th scope="col">{t("import.read_as_column")}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column, index) => (
              <tr key={index}>
                <td class="text">{column.name}</td>
                <td>{columnName(column.as)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {ignored.length > 0 && (
        <p class="import-ignored">{t("import.ignored", { columns: formatList(ignored) })}</p>
      )}
    </>
  );
}

/** The notices that a table shows. */
const SHOWN = 100;

export function Notices({ notices }: { notices: ImportNotice[] }) {
  if (notices.length === 0) return null;
  return (
    <>
      <h3>{t("import.notices")}</h3>
      <ul class="import-notices">
        {notices.slice(0, SHOWN).map((notice, index) => (
          <li key={index}>
            {notice.line && `${t("import.in_line", { line: notice.line })} `}
            {noticeText(notice)}
          </li>
        ))}
      </ul>
      {notices.length > SHOWN && <p>{tn("import.more_notices", notices.length - SHOWN)}</p>}
    </>
  );
}
