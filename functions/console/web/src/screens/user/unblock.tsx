import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { unsuppress } from "../../api/calls";
import type { ApiError } from "../../api/errors";
import type { User } from "../../api/types";
import { t } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import { apiError } from "../../state/resource";

interface Props {
  user: User;
  onUnblocked: () => void;
}

/** Takes the address off the list of suppressed ones. Doing it twice is harmless. */
export function Unblock({ user, onUnblocked }: Props) {
  const isBusy = useRef(false);
  const error = useSignal<ApiError | undefined>(undefined);
  const unblock = async () => {
    if (isBusy.current) return;
    isBusy.current = true;
    try {
      await unsuppress(user.id);
      error.value = undefined;
      // The button goes away, and the focus must not go with it.
      document.querySelector<HTMLElement>("h1")?.focus();
      onUnblocked();
    } catch (caught) {
      error.value = apiError(caught);
    } finally {
      isBusy.current = false;
    }
  };
  return (
    <div class="unblock">
      <ProblemBanner error={error.value} onRetry={() => void unblock()} />
      <button type="button" class="button" onClick={() => void unblock()}>
        {t("user.unblock")}
      </button>
    </div>
  );
}
