/** One list of a preview, page by page: the users who get a mail, or those who do not. */

import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { previewResend } from "../../api/calls";
import type { ApiError } from "../../api/errors";
import type { NewResend, Preview } from "../../api/types";
import { apiError } from "../../state/resource";
import type { LivePreview } from "./preview";

export type ListName = "eligible" | "excluded";
export type Row<L extends ListName> = Preview[L][number];

/** A page may be empty while there is a next one. So many are passed over before the operator is asked. */
const EMPTY_PAGES = 4;
/** A pause in typing after which the list is searched. */
const SEARCH_DELAY = 300;

export interface Rows<L extends ListName> {
  rows: Signal<Row<L>[]>;
  /** Whether there is more. */
  hasMore: Signal<boolean>;
  isBusy: Signal<boolean>;
  error: Signal<ApiError | undefined>;
  more: () => void;
}

/** The body without what changes nobody's place in the lists. */
function membership(body: NewResend): string {
  const { passwordChangeByUser: _, ...rest } = body;
  return JSON.stringify(rest);
}

function nextOf(preview: Preview, list: ListName): string | undefined {
  return list === "eligible" ? preview.eligibleNext : preview.excludedNext;
}

/** The rows of a list: the first page comes with the live preview, and a search asks for its own. */
export function useRows<L extends ListName>(live: LivePreview, list: L, q: string): Rows<L> {
  const held = useMemo(() => makeRows(list), []);
  const answer = live.answer.value;
  useEffect(() => {
    if (answer) held.show(answer.preview, answer.body, q);
  }, [answer, q]);
  useEffect(() => held.stop, []);
  return held;
}

function makeRows<L extends ListName>(list: L) {
  const rows = signal<Row<L>[]>([]);
  const hasMore = signal(false);
  const isBusy = signal(false);
  const error = signal<ApiError | undefined>(undefined);
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown = "";
  /** The page that follows, with the body and the search that its cursor belongs to. */
  let following: { body: NewResend; q: string; next: string | undefined } | undefined;

  const stop = () => {
    abort.abort();
    clearTimeout(timer);
    isBusy.value = false;
  };
  const follow = (body: NewResend, q: string, next: string | undefined) => {
    following = { body, q, next };
    hasMore.value = next !== undefined;
  };

  /** Reads pages until one has rows, or the list ends. The first page of a search replaces the rows. */
  const load = async (isFirst: boolean) => {
    if (!following || isBusy.value) return;
    abort = new AbortController();
    const { signal: aborted } = abort;
    isBusy.value = true;
    try {
      for (let empty = 0; empty < EMPTY_PAGES; empty += 1) {
        const { body, q, next } = following;
        const page: Preview = await previewResend(body, { next, q: q || undefined }, aborted);
        if (aborted.aborted) return;
        const found = page[list] as Row<L>[];
        const before = isFirst && empty === 0 ? [] : rows.value;
        rows.value = [...before, ...found];
        follow(body, q, nextOf(page, list));
        if (found.length > 0 || !hasMore.value) break;
      }
      error.value = undefined;
    } catch (caught) {
      if (aborted.aborted) return;
      error.value = apiError(caught);
    }
    isBusy.value = false;
  };

  const show = (preview: Preview, body: NewResend, q: string) => {
    const key = JSON.stringify([membership(body), q]);
    if (q) {
      if (key === shown) return;
      shown = key;
      stop();
      following = { body, q, next: undefined };
      timer = setTimeout(() => void load(true), SEARCH_DELAY);
      return;
    }

    const first = preview[list] as Row<L>[];
    if (key === shown && rows.value.length > first.length) {
      // The same users with other choices: further pages stay, and the first rows are brought up to date.
      const news = new Map(first.map(row => [row.userId, row]));
      rows.value = rows.value.map(row => news.get(row.userId) ?? row);
      return;
    }
    shown = key;
    stop();
    rows.value = first;
    error.value = undefined;
    follow(body, q, nextOf(preview, list));
  };

  return { rows, hasMore, isBusy, error, show, stop, more: () => void load(false) };
}
