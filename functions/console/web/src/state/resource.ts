/** What a screen has loaded: a value, that it is being loaded, and how loading failed. */

import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type ApiError, NoAnswerError, ProblemError, SignedOutError } from "../api/errors";

export interface Resource<T> {
  value: Signal<T | undefined>;
  error: Signal<ApiError | undefined>;
  loading: Signal<boolean>;
  /** Loads again. The value that is shown stays until the new one is there. */
  reload: () => Promise<void>;
}

/** An error as the screens know it. Anything else is a defect of the page, and is thrown on. */
export function apiError(error: unknown): ApiError {
  if (
    error instanceof ProblemError ||
    error instanceof NoAnswerError ||
    error instanceof SignedOutError
  ) {
    return error;
  }
  throw error;
}

/**
 * Loads a value when the screen opens, and again when the key changes. A late answer to an earlier key is dropped. Until the
 * first answer, the value is the known one, if there is one.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  known?: T,
): Resource<T> {
  const held = useMemo(() => {
    const value = signal(known);
    const error = signal<ApiError | undefined>(undefined);
    const loading = signal(true);
    let abort = new AbortController();
    let latest = load;

    const reload = async () => {
      abort.abort();
      abort = new AbortController();
      const { signal: aborted } = abort;
      loading.value = true;
      try {
        const loaded = await latest(aborted);
        if (aborted.aborted) return;
        value.value = loaded;
        error.value = undefined;
      } catch (caught) {
        if (aborted.aborted) return;
        error.value = apiError(caught);
      }
      loading.value = false;
    };
    return {
      resource: { value, error, loading, reload },
      use: (next: typeof load) => {
        latest = next;
      },
      stop: () => abort.abort(),
    };
  }, []);

  held.use(load);
  useEffect(() => {
    void held.resource.reload();
    return held.stop;
  }, [key]);
  return held.resource;
}

/** Loads a resource again when what it depends on has changed since it was shown. */
export function useReloadAfter(resource: Resource<unknown>, state: string): void {
  const seen = useRef(state);
  useEffect(() => {
    if (seen.current !== state) void resource.reload();
    seen.current = state;
  }, [state]);
}
