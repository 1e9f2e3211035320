import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

/** A narrow screen: tables are cards, and what takes room is folded. The style sheets have the same width. */
export const NARROW = "(max-width: 720px)";

/** A device with a mouse or a touchpad: its operator can point at things, and has keys. */
export const MOUSE = "(hover: hover) and (pointer: fine)";

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  const media = useMemo(() => matchMedia(query), [query]);
  const matches = useSignal(media.matches);
  useEffect(() => {
    const update = () => {
      matches.value = media.matches;
    };
    update();
    media.addEventListener("change", update);
    return () => media.removeEventListener("change", update);
  }, [media]);
  return matches.value;
}
