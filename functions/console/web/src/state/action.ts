/** What a button does: one request at a time, and how it failed. */

import { type Signal, useSignal } from "@preact/signals";
import type { ApiError } from "../api/errors";
import { apiError } from "./resource";

export interface Action {
  running: Signal<boolean>;
  error: Signal<ApiError | undefined>;
  /** Runs the work, unless it is running already. Answers whether it succeeded. */
  run: (work: () => Promise<void>) => Promise<boolean>;
}

/** An action that ignores a second press while it runs, so that its button keeps the focus. */
export function useAction(): Action {
  const running = useSignal(false);
  const error = useSignal<ApiError | undefined>(undefined);
  const run = async (work: () => Promise<void>) => {
    if (running.value) return false;
    running.value = true;
    error.value = undefined;
    try {
      await work();
      return true;
    } catch (caught) {
      error.value = apiError(caught);
      return false;
    } finally {
      running.value = false;
    }
  };
  return { running, error, run };
}
