/** Gives the focus to the screen's heading if it was on something that is gone. */
export function keepFocus(): void {
  const focused = document.activeElement;
  if (focused && focused !== document.body) return;
  document.querySelector<HTMLElement>("main h1")?.focus();
}

/** Leads the focus from the whole screen on to its heading, which came after the screen was opened. */
export function focusLateHeading(): void {
  if (document.activeElement?.id !== "main") return;
  document.querySelector<HTMLElement>("main h1")?.focus();
}
