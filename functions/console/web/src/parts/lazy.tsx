import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { NoAnswerError } from "../api/errors";
import { t } from "../i18n/messages";
import { focusLateHeading } from "./focus";
import { ProblemBanner } from "./problem";

/**
 * A component whose code is loaded when it is shown first. Trying again loads the page anew: another version may have
 * replaced the file. What the operator has entered outlives that.
 */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const loaded = signal<ComponentType<P> | undefined>(undefined);
  const error = signal<NoAnswerError | undefined>(undefined);
  const start = async () => {
    try {
      loaded.value = await load();
      error.value = undefined;
    } catch (caught) {
      error.value = new NoAnswerError("the code was not loaded", { cause: caught });
    }
  };

  return function Lazy(props: P) {
    useEffect(() => {
      if (!loaded.value) void start();
    }, []);
    const Loaded = loaded.value;
    const isLate = useRef(!Loaded);
    useEffect(() => {
      if (!Loaded || !isLate.current) return;
      isLate.current = false;
      focusLateHeading();
    }, [Loaded]);
    if (Loaded) return <Loaded {...props} />;
    if (error.value) return <ProblemBanner error={error.value} onRetry={() => location.reload()} />;
    return <p role="status">{t("common.loading")}</p>;
  };
}
