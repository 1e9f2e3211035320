import { selectionWords } from "../../state/filter_words";
import type { Selection } from "../../state/selection";
import { groupName } from "./tree_state";

/** The selection in full words, with the name of its group: the bar and the dialog say the same. */
export function selectedWords(selection: Selection): string {
  const group = selection.kind === "filter" ? groupName(selection.filter.group) : undefined;
  return selectionWords(selection, group);
}
