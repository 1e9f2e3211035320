import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { t } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import { useAction } from "../../state/action";
import { readCsv, saveFile } from "./csv";

interface Props {
  label: string;
  path: string;
  query?: Record<string, string | undefined>;
  fileName: string;
}

/** Saves a list of any length as a file, and says how far it is. */
export function CsvButton({ label, path, query = {}, fileName }: Props) {
  const rows = useSignal<number | undefined>(undefined);
  const action = useAction();
  const held = useMemo(() => ({ abort: new AbortController() }), []);
  useEffect(() => () => held.abort.abort(), []);

  const download = () =>
    action.run(async () => {
      held.abort = new AbortController();
      const { signal } = held.abort;
      rows.value = 0;
      try {
        const file = await readCsv(
          path,
          query,
          count => {
            rows.value = count;
          },
          signal,
        );
        if (!signal.aborted) saveFile(file, fileName);
      } catch (error) {
        rows.value = undefined;
        if (!signal.aborted) throw error;
      }
    });
  const isRunning = action.running.value;
  return (
    <div class="resend-csv">
      <div class="actions">
        <button
          type="button"
          class="button"
          aria-disabled={isRunning}
          onClick={() => void download()}
        >
          {label}
        </button>
        {isRunning && (
          <button type="button" class="button quiet" onClick={() => held.abort.abort()}>
            {t("common.cancel")}
          </button>
        )}
        <span role="status">
          {rows.value !== undefined &&
            t(isRunning ? "resend.csv_rows" : "resend.csv_saved", { count: rows.value })}
        </span>
      </div>
      <ProblemBanner error={action.error.value} onRetry={() => void download()} />
    </div>
  );
}
