/** The preview of a draft: asked again when the draft has changed, with the last numbers staying visible meanwhile. */

import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { previewResend } from "../../api/calls";
import type { ApiError } from "../../api/errors";
import type { NewResend, Preview } from "../../api/types";
import { apiError } from "../../state/resource";

/** The longest check of the first answer, in milliseconds. If it ends sooner than the users, a longer one follows. */
const FIRST_CHECK = 100;

/** A pause in typing after which the numbers are brought up to date. */
const DELAY = 350;

export interface LivePreview {
  /** The last answer, and the body that it is of. */
  answer: Signal<{ preview: Preview; body: NewResend } | undefined>;
  /** The refusal of the present draft, or why there is no answer. */
  error: Signal<ApiError | undefined>;
  /** Whether the answer is being brought up to date. */
  isBusy: Signal<boolean>;
  /** Asks again, such as after an address was unblocked. */
  reload: () => void;
}

/** Asks for the preview of a body. `undefined` is a draft that cannot be asked for yet: the last numbers stay. */
export function usePreview(body: NewResend | undefined): LivePreview {
  // The first answer is asked for before the dialog is drawn.
  const held = useMemo(() => makePreview(body), []);
  const key = body && JSON.stringify(body);
  const asked = useRef(key);
  useEffect(() => {
    if (asked.current !== key) held.ask(body);
    asked.current = key;
  }, [key]);
  useEffect(() => held.stop, []);
  return held;
}

function makePreview(first: NewResend | undefined) {
  const answer: LivePreview["answer"] = signal(undefined);
  const error = signal<ApiError | undefined>(undefined);
  const isBusy = signal(true);
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: NewResend | undefined;

  const stop = () => {
    abort.abort();
    clearTimeout(timer);
  };
  const load = async (body: NewResend) => {
    abort = new AbortController();
    const { signal: aborted } = abort;
    try {
      for (const within of answer.value ? [undefined] : [FIRST_CHECK, undefined]) {
        const preview = await previewResend(body, { within }, aborted);
        if (aborted.aborted) return;
        answer.value = { preview, body };
        error.value = undefined;
        if (!preview.estimated) break;
      }
    } catch (caught) {
      if (aborted.aborted) return;
      error.value = apiError(caught);
    }
    isBusy.value = false;
  };
  const ask = (body: NewResend | undefined) => {
    stop();
    latest = body;
    isBusy.value = body !== undefined;
    if (!body) return;
    const isFirst = !answer.value && !error.value;
    if (isFirst) void load(body);
    else timer = setTimeout(() => void load(body), DELAY);
  };
  ask(first);
  return { answer, error, isBusy, ask, stop, reload: () => ask(latest) };
}
