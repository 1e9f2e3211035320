/** The users whom the operator has selected on the users screen, and how that selection ends. */

import { batch, signal } from "@preact/signals";
import { persisted } from "./persisted";
import { NOTHING, type Selection } from "./selection";

/** At most as many users can be selected by their ids. */
export const MAX_CHOSEN = 10_000;

export const selection = persisted<Selection>("selection", NOTHING);

/** A selection that a changed filter has ended. The operator may take it back. */
export const endedSelection = signal<Selection | undefined>(undefined);

/** Selects other users. A selection that ended before cannot be taken back any more. */
export function select(next: Selection): void {
  batch(() => {
    selection.value = next;
    endedSelection.value = undefined;
  });
}

/** Ends the selection because its filter is not the one of the screen any more. */
export function endSelection(): void {
  batch(() => {
    endedSelection.value = selection.value;
    selection.value = NOTHING;
  });
}
