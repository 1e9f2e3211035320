import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/messages";
import { path, query, setParameters } from "../routes";
import { persisted } from "../state/persisted";

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

/**
 * The beginning of the page before each page that "Next page" has led to; empty for the first page. A cursor itself leads
 * forward only.
 */
const before = persisted<Record<string, string>>("pager.before", {});

/** The most pages whose page before is remembered. */
const MAX_REMEMBERED = 200;

/** A page of the list that the address shows: another filter has other pages. */
function pageKey(parameter: string, cursor: string): string {
  const others = new URLSearchParams(query.value);
  others.delete(parameter);
  others.delete("dialog");
  return `${path.value}?${others} ${parameter} ${cursor}`;
}

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

  const previous = current ? before.value[pageKey(parameter, current)] : undefined;
  const go = (cursor: string | undefined) => {
    isAsked.current = true;
    setParameters({ [parameter]: cursor });
  };
  const goOn = () => {
    if (!next) return;
    const known = Object.entries(before.value).slice(1 - MAX_REMEMBERED);
    before.value = { ...Object.fromEntries(known), [pageKey(parameter, next)]: current ?? "" };
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
        {previous !== undefined && (
          <button type="button" class="button" onClick={() => go(previous || undefined)}>
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
