import type { ComponentChildren } from "preact";
import { t } from "../i18n/messages";
import type { Resource } from "../state/resource";
import { ProblemBanner } from "./problem";

interface Props<T> {
  found: Resource<T>;
  children: (value: T) => ComponentChildren;
}

/** Shows what was loaded, that it is being loaded, or how that failed. */
export function Loaded<T>({ found, children }: Props<T>) {
  const value = found.value.value;
  return (
    <>
      <ProblemBanner error={found.error.value} onRetry={() => void found.reload()} />
      {value === undefined && found.loading.value && <p role="status">{t("common.loading")}</p>}
      {value !== undefined && children(value)}
    </>
  );
}
