/** The list of recipients that is shown, and the way to it from elsewhere in the dialog. */

import { type Signal, signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { ListName } from "./row_pages";
import { goToSection } from "./section";

const shownList = signal<ListName>("eligible");
/** Whether the operator was led to the list to choose a password change for a single user. */
export const isLedToList = signal(false);

/** The list that is shown. A dialog begins with the users who get the mail. */
export function useShownList(): Signal<ListName> {
  useMemo(() => {
    shownList.value = "eligible";
    isLedToList.value = false;
  }, []);
  return shownList;
}

/** Leads to the users who get the mail: to their search, or to the password of the first one if they are few. */
export function goToUserPasswords(): void {
  shownList.value = "eligible";
  isLedToList.value = true;
  // The other list is shown in the next frame.
  requestAnimationFrame(() => goToSection("recipients", ".list-search input, .row-select"));
}
