import { useRef } from "preact/hooks";

interface Props {
  text: string;
  /** Whether somebody is still typing that which the text is about. */
  isTyping: boolean;
}

/** Tells screen readers a text that changes while one types: once the typing is over, and not each text in between. */
export function Announced({ text, isTyping }: Props) {
  const told = useRef("");
  if (!isTyping) told.current = text;
  return (
    <p role="status" class="visually-hidden">
      {told.current}
    </p>
  );
}
