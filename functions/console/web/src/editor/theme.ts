/** The look of the editor. Its colours are the tokens of the page, which a shadow root inherits. */

import { EditorView } from "@codemirror/view";

export const appearance = EditorView.theme({
  "&": {
    color: "var(--text)",
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
  },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "1px" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    fontSize: "0.875rem",
    lineHeight: "1.6",
    minHeight: "16rem",
    // So high that what is wrong, above the text, and any line of it are seen together.
    maxHeight: "min(40rem, 50vh)",
    overflow: "auto",
    borderRadius: "var(--radius)",
  },
  // On a touch screen, a swipe over a text that is not being written in goes to the page around it.
  "@media (pointer: coarse)": {
    ".cm-scroller": { minHeight: "10rem", maxHeight: "min(40rem, 45svh)" },
    ".cm-scroller:not(:focus-within)": { overflow: "hidden" },
  },
  ".cm-content": { caretColor: "var(--text)", minWidth: "0" },
  ".cm-line": { overflowWrap: "anywhere" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    {
      backgroundColor: "light-dark(#c9dcff, #35507f)",
    },
  ".cm-gutters": {
    color: "var(--text-soft)",
    backgroundColor: "var(--sunken)",
    borderRight: "1px solid var(--line)",
  },
  ".mark-variable": { color: "light-dark(#7a2f8f, #dba5ef)", fontWeight: "600" },
  ".mark-tag": { color: "var(--accent-strong)" },
  ".mark-comment": { color: "var(--text-soft)" },
  ".cm-tooltip": {
    color: "var(--text)",
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    maxWidth: "min(34rem, 90vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxWidth: "90vw" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.25rem 0.5rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--on-accent)",
    backgroundColor: "var(--accent)",
  },
  ".cm-completionDetail": {
    fontFamily: "var(--font)",
    fontStyle: "normal",
    opacity: "1",
    whiteSpace: "normal",
  },
  ".cm-diagnostic": { fontFamily: "var(--font)", overflowWrap: "anywhere" },
});
