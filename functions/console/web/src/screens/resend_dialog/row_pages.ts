/** One list of a preview, page by page: the users who get a mail, or those who do not. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ApiError } from "../../api/errors";
import type { NewResend, Preview } from "../../api/types";
import { apiError } from "../../state/resource";

export type ListName = "eligible" | "excluded";
export type Row<L extends ListName> = Preview[L][number];

/** A page may be empty while there is a next one. So many are passed over before the operator is asked. */
const EMPTY_PAGES = 4;
/** A pause in typing after which the list is searched. */
const SEARCH_DELAY = 300;
/** So many users are shown at first: a page of the API has ten times as many. The excluded ones are in groups that are closed. */
const SHOWN_FIRST: Record<ListName, number> = { eligible: 20, excluded: Number.POSITIVE_INFINITY };
/** So many more are shown at a time. */
const SHOWN_MORE = 100;

export interface Rows<L extends ListName> {
  /** The users to show. More may be loaded. */
  rows: ReadonlySignal<Row<L>[]>;
  /** Whether the rows are those of the last preview or search: before, nobody knows whether there are any. */
  isRead: ReadonlySignal<boolean>;
  /** Whether there is more. */
  hasMore: ReadonlySignal<boolean>;
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

/** Asks for a page of a preview. */
type Read = (
  body: NewResend,
  query: { next?: string | undefined; q?: string | undefined },
  aborted: AbortSignal,
) => Promise<Preview>;

/** A list that shows the first page of the previews that it is given, and reads the pages that follow. */
export function makeRows<L extends ListName>(list: L, read: Read) {
  const loaded = signal<Row<L>[]>([]);
  const shownCount = signal(SHOWN_FIRST[list]);
  const hasNext = signal(false);
  const isRead = signal(false);
  const isBusy = signal(false);
  const error = signal<ApiError | undefined>(undefined);
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown = "";
  const rows = computed(() => loaded.value.slice(0, shownCount.value));
  const hasMore = computed(() => hasNext.value || loaded.value.length > shownCount.value);
  /** The page that follows, with the body and the search that its cursor belongs to. */
  let following: { body: NewResend; q: string; next: string | undefined } | undefined;

  const stop = () => {
    abort.abort();
    clearTimeout(timer);
    isBusy.value = false;
  };
  const follow = (body: NewResend, q: string, next: string | undefined) => {
    following = { body, q, next };
    hasNext.value = next !== undefined;
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
        const page: Preview = await read(body, { next, q: q || undefined }, aborted);
        if (aborted.aborted) return;
        const found = page[list] as Row<L>[];
        const before = isFirst && empty === 0 ? [] : loaded.value;
        if (!isFirst) shownCount.value = before.length + SHOWN_MORE;
        loaded.value = [...before, ...found];
        follow(body, q, nextOf(page, list));
        if (found.length > 0 || !hasNext.value) break;
      }
      isRead.value = true;
      error.value = undefined;
    } catch (caught) {
      if (aborted.aborted) return;
      error.value = apiError(caught);
    }
    isBusy.value = false;
  };

  const more = () => {
    if (isBusy.value) return;
    if (loaded.value.length > shownCount.value) shownCount.value += SHOWN_MORE;
    else void load(false);
  };
  const show = (preview: Preview, body: NewResend, q: string) => {
    const key = JSON.stringify([membership(body), q]);
    if (q) {
      if (key === shown) return;
      shown = key;
      stop();
      isRead.value = false;
      shownCount.value = SHOWN_FIRST[list];
      following = { body, q, next: undefined };
      timer = setTimeout(() => void load(true), SEARCH_DELAY);
      return;
    }

    const first = preview[list] as Row<L>[];
    if (key === shown && loaded.value.length > first.length) {
      // The same users with other choices: further pages stay, and the first rows are brought up to date.
      const news = new Map(first.map(row => [row.userId, row]));
      loaded.value = loaded.value.map(row => news.get(row.userId) ?? row);
      return;
    }
    if (key !== shown) shownCount.value = SHOWN_FIRST[list];
    shown = key;
    stop();
    loaded.value = first;
    isRead.value = true;
    error.value = undefined;
    follow(body, q, nextOf(preview, list));
  };

  return { rows, isRead, hasMore, isBusy, error, show, stop, more };
}
