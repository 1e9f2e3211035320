/** The editor of mails, loaded when it is needed: CodeMirror in a shadow root, so that its styles are adopted style sheets. */

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyField,
  historyKeymap,
  isolateHistory,
} from "@codemirror/commands";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { completeVariables, type Suggestion } from "./completion";
import { highlightMail } from "./highlight";
import { changeBetween, offsetAt, wordEnd } from "./positions";
import { appearance } from "./theme";

/** A finding at a place of the text. Lines and columns begin at 1; a column counts characters. */
export interface Mark {
  line: number;
  column?: number | undefined;
  message: string;
  severity: "error" | "warning";
}

export interface EditorOptions {
  /** The undo history of this key goes on where it ended. */
  historyKey: string;
  text: string;
  label: string;
  isReadOnly: boolean;
  /** Texts of CodeMirror in the operator's language, by their English. */
  phrases: Record<string, string>;
  onChange: (text: string) => void;
  onFocus: () => void;
}

export interface Editor {
  setText: (text: string) => void;
  /** Inserts at the cursor, and selects `selected` within what was inserted. */
  insert: (text: string, selected?: string) => void;
  goTo: (line: number, column?: number) => void;
  select: (from: number, to: number) => void;
  focus: () => void;
  setMarks: (marks: Mark[]) => void;
  setSuggestions: (suggestions: Suggestion[]) => void;
  /** The label, and a description: how to leave the editor, and what is wrong. */
  describe: (label: string, description: string) => void;
  close: () => void;
}

const DESCRIPTION = "description";

/** Marks a change that the page has made: it knows the text. */
const fromPage = Annotation.define<boolean>();

/** The texts that were open in this tab, with their undo history. */
const states = new Map<string, unknown>();

/** Opens an editor in an element. */
export function openEditor(host: HTMLElement, options: EditorOptions): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  // It is read with the field; the page shows the same sentence beside it.
  const description = document.createElement("p");
  description.id = DESCRIPTION;
  description.hidden = true;
  const place = document.createElement("div");
  root.replaceChildren(description, place);

  let suggestions: Suggestion[] = [];
  const label = new Compartment();
  const extensions: Extension[] = [
    base(options, () => suggestions),
    label.of(attributes(options.label)),
    EditorView.updateListener.of(update => {
      const isFromPage = update.transactions.some(one => one.annotation(fromPage));
      if (update.docChanged && !isFromPage) options.onChange(update.state.doc.toString());
      if (update.focusChanged && update.view.hasFocus) options.onFocus();
    }),
  ];
  const view = new EditorView({ state: stateOf(options, extensions), parent: place, root });
  replaceText(view, options.text);

  return {
    setText: text => replaceText(view, text),
    insert: (text, selected) => insert(view, text, selected),
    goTo: (line, column) => goTo(view, line, column),
    select: (from, to) => view.dispatch({ selection: selectionIn(view, from, to) }),
    focus: () => view.focus(),
    setMarks: marks => view.dispatch(setDiagnostics(view.state, diagnosticsOf(view.state, marks))),
    setSuggestions: next => {
      suggestions = next;
    },
    describe: (name, text) => {
      description.textContent = text;
      view.dispatch({ effects: label.reconfigure(attributes(name)) });
    },
    close: () => {
      states.set(options.historyKey, view.state.toJSON({ history: historyField }));
      view.destroy();
      root.replaceChildren();
    },
  };
}

/**
 * Replaces a selection that is typed over. Chromium itself would carry the colours of the replaced text on in a `style`
 * attribute, which the policy of the page forbids.
 */
const typingOverSelection = EditorView.domEventHandlers({
  beforeinput: ({ inputType, data, isComposing }, view) => {
    const isTyped = inputType === "insertText" && data !== null && !isComposing;
    const { state } = view;
    if (!isTyped || state.readOnly || state.selection.main.empty) return false;
    view.dispatch(state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

function base(options: EditorOptions, suggestions: () => Suggestion[]): Extension {
  return [
    lineNumbers(),
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    EditorState.readOnly.of(options.isReadOnly),
    EditorState.phrases.of(options.phrases),
    lintGutter(),
    autocompletion({
      override: [context => completeVariables(context, suggestions())],
      icons: false,
    }),
    highlightMail,
    appearance,
    typingOverSelection,
    // Tab and Esc leave the editor, and Ctrl+Enter belongs to the screen.
    keymap.of([
      ...completionKeymap,
      ...historyKeymap,
      ...defaultKeymap.filter(({ key = "" }) => !["Mod-Enter", "Escape"].includes(key)),
    ]),
  ];
}

function attributes(label: string): Extension {
  return EditorView.contentAttributes.of({
    "aria-label": label,
    "aria-describedby": DESCRIPTION,
    tabindex: "0",
    spellcheck: "false",
    autocorrect: "off",
    autocapitalize: "off",
    translate: "no",
  });
}

function stateOf(options: EditorOptions, extensions: Extension[]): EditorState {
  const stored = states.get(options.historyKey);
  if (stored) return EditorState.fromJSON(stored, { extensions }, { history: historyField });
  return EditorState.create({ doc: options.text, extensions });
}

/** Makes the text another one, as one change that can be undone. */
function replaceText(view: EditorView, text: string): void {
  const next = text.replace(/\r\n?/g, "\n");
  const changes = changeBetween(view.state.doc.toString(), next);
  if (!changes) return;
  view.dispatch({ changes, annotations: [isolateHistory.of("full"), fromPage.of(true)] });
}

function insert(view: EditorView, text: string, selected = ""): void {
  const { from, to } = view.state.selection.main;
  const at = selected ? from + text.indexOf(selected) : from + text.length;
  view.dispatch({
    changes: { from, to, insert: text },
    selection: { anchor: at, head: at + selected.length },
    scrollIntoView: true,
    userEvent: "input",
  });
  view.focus();
}

function goTo(view: EditorView, line: number, column?: number): void {
  const anchor = positionOf(view.state, line, column);
  view.dispatch({
    selection: { anchor },
    effects: EditorView.scrollIntoView(anchor, { y: "center" }),
  });
  view.focus();
}

function selectionIn(view: EditorView, from: number, to: number) {
  const { length } = view.state.doc;
  return { anchor: Math.min(from, length), head: Math.min(to, length) };
}

function positionOf(state: EditorState, line: number, column = 1): number {
  const found = state.doc.line(Math.max(1, Math.min(line, state.doc.lines)));
  return found.from + offsetAt(found.text, column);
}

function diagnosticsOf(state: EditorState, marks: Mark[]): Diagnostic[] {
  const found = marks.map(({ line, column, message, severity }) => {
    const from = positionOf(state, line, column);
    const { to: end, text, from: start } = state.doc.lineAt(from);
    const to = column === undefined ? end : start + wordEnd(text, from - start);
    return { from, to, message, severity };
  });
  return found.sort((one, other) => one.from - other.from || one.to - other.to);
}
