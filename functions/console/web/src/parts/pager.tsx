import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/messages";
import { path, setParameters } from "../routes";

interface Props {
  /** Names the list for screen readers. */
  label: string;
  /** The id of the list's heading or frame, which gets the focus when another page is shown. Its `tabIndex` is -1. */
  list: string;
  /** The parameter of the address that says where the page begins. */
  parameter?: string;
  /** Where the page that is shown begins; absent on the first page. */
  current: string | undefined;
  /** Where the next page begins; absent on the last page. */
  next: string | undefined;
  /** The number of rows of the page. A page may be empty while there is a next one. */
  rows: number;
}

/** The beginning of the page before each page that was left by "Next page". A cursor itself leads forward only. */
const before = new Map<string, string | undefined>();

/** The ways from a page of a list to the others. */
export function Pager({ label, list, parameter = "next", current, next, rows }: Props) {
  const shown = useRef(current);
  const isAsked = useRef(false);
  useEffect(() => {
    if (shown.current !== current && isAsked.current) document.getElementById(list)?.focus();
    shown.current = current;
    isAsked.current = false;
  }, [current, list]);
  if (!current && !next) return null;

  const key = (cursor: string) => `${path.value} ${parameter} ${cursor}`;
  const go = (cursor: string | undefined) => {
    isAsked.current = true;
    setParameters({ [parameter]: cursor });
  };
  const goOn = () => {
    if (!next) return;
    before.set(key(next), current);
    go(next);
  };
  return (
    <nav class="pager" aria-label={label}>
      {rows === 0 && next && <p class="hint">{t("pager.empty")}</p>}
      <div class="actions">
        {current && (
          <button type="button" class="button" onClick={() => go(undefined)}>
            {t("pager.first")}
          </button>
        )}
        {current && before.get(key(current)) && (
          <button type="button" class="button" onClick={() => go(before.get(key(current)))}>
            {t("pager.previous")}
          </button>
        )}
        {next && (
          <button type="button" class="button" onClick={goOn}>
            {t("pager.next")}
          </button>
        )}
        {!next && <span class="hint">{t("pager.end")}</span>}
      </div>
    </nav>
  );
}
