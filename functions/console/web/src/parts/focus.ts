/** Gives the focus to the screen's heading if it was on something that is gone. */
export function keepFocus(): void {
  const focused = document.activeElement;
  if (focused && focused !== document.body) return;
  document.querySelector<HTMLElement>("main h1")?.focus();
}
