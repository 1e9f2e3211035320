/** Sets the marks of a template, its tags and its comments apart from the text of a mail. */

import type { Extension } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";

function highlight(regexp: RegExp, className: string): Extension {
  const matcher = new MatchDecorator({ regexp, decoration: Decoration.mark({ class: className }) });
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;

      constructor(view: EditorView) {
        this.decorations = matcher.createDeco(view);
      }

      update(update: ViewUpdate) {
        this.decorations = matcher.updateDeco(update, this.decorations);
      }
    },
    { decorations: plugin => plugin.decorations },
  );
}

export const highlightMail: Extension = [
  highlight(/\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/g, "mark-variable"),
  highlight(/<\/?[a-zA-Z][\w:-]*|(?<=["'\w\s])\/?>/g, "mark-tag"),
  highlight(/<!--.*?-->/g, "mark-comment"),
];
