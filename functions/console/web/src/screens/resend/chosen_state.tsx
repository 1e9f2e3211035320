import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Recipient } from "../../api/types";
import type { Counts } from "./figures";
import { inStateText } from "./outcome";

interface Props {
  counts: Counts;
  /** The page that is shown, and what was asked for. */
  page: {
    query: { state: string | undefined; next: string | undefined };
    recipients: Recipient[];
    next?: string;
  };
}

/** Tells screen readers how many recipients are in the state that was chosen, once for each choice. */
export function ChosenState({ counts, page }: Props) {
  const { state, next } = page.query;
  const told = useRef(state);
  const text = useSignal("");
  useEffect(() => {
    if (told.current === state) return;
    told.current = state;
    // One page has all the rows; else the figures of the resend have their number.
    const isWhole = next === undefined && page.next === undefined;
    text.value = inStateText(state, counts, isWhole ? page.recipients.length : undefined);
  }, [state]);
  return (
    <p class="visually-hidden" role="status">
      {text}
    </p>
  );
}
