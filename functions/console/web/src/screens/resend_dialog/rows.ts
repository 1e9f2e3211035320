/** The two lists of the live preview: the users who get a mail, and those who do not. */

import { useEffect, useMemo } from "preact/hooks";
import { previewResend } from "../../api/calls";
import type { LivePreview } from "./preview";
import { type ListName, makeRows, type Rows } from "./row_pages";

/** The rows of a list: the first page comes with the live preview, and a search asks for its own. */
export function useRows<L extends ListName>(live: LivePreview, list: L, q: string): Rows<L> {
  const held = useMemo(() => makeRows(list, previewResend), []);
  const answer = live.answer.value;
  useEffect(() => {
    if (answer) held.show(answer.preview, answer.body, q);
  }, [answer, q]);
  useEffect(() => held.stop, []);
  return held;
}
