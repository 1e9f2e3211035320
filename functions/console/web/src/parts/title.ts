import { useEffect } from "preact/hooks";
import { me } from "../state/operator";

/** Gives the tab the title of a screen, with the organisation and the product. */
export function useTitle(text: string): void {
  const organisation = me.value?.organisation.name;
  useEffect(() => {
    document.title = [text, organisation, "Reinvite"].filter(Boolean).join(" · ");
  }, [text, organisation]);
}
