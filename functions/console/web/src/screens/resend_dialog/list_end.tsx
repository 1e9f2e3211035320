import { useEffect, useRef } from "preact/hooks";
import { t, tn } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import type { ListName, Rows } from "./row_pages";

/** The end of a list: that it is empty, how it failed, or the way to more. */
export function ListEnd<L extends ListName>({
  rows,
  q,
  empty,
}: {
  rows: Rows<L>;
  q: string;
  empty: string;
}) {
  const count = rows.rows.value.length;
  const status = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The button that was pressed goes with the last page.
    if (!rows.hasMore.value && count > 0 && document.activeElement === document.body)
      status.current?.focus();
  }, [rows.hasMore.value]);
  const isAtEnd = rows.isRead.value && !rows.hasMore.value && !rows.isBusy.value;
  return (
    <div class="list-end">
      {rows.error.value && <ProblemBanner error={rows.error.value} onRetry={rows.more} />}
      <p role="status" class="hint" ref={status} tabIndex={-1}>
        {rows.isBusy.value && t("common.loading")}
        {isAtEnd && count === 0 && (q ? t("recipients.none_found", { q }) : empty)}
        {isAtEnd && count > 0 && q && tn("recipients.found", count)}
      </p>
      {rows.hasMore.value && (
        <button type="button" class="button" aria-disabled={rows.isBusy.value} onClick={rows.more}>
          {t("recipients.more")}
        </button>
      )}
    </div>
  );
}
