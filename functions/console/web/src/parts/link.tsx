import type { ComponentChildren } from "preact";
import { navigate } from "../routes";

interface Props {
  href: string;
  class?: string;
  "aria-current"?: "page" | undefined;
  "aria-label"?: string;
  children?: ComponentChildren;
}

/** A link to another address of the app. A click with a key, or into another tab, is the browser's. */
export function Link(props: Props) {
  const onClick = (event: MouseEvent) => {
    const hasKey = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.button !== 0 || hasKey || event.defaultPrevented) return;
    event.preventDefault();
    navigate(props.href);
  };
  return <a {...props} onClick={onClick} />;
}
