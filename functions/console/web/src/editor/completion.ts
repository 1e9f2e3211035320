/** Completes the variables of a template after `{{`. */

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";

/** A variable with its description in the operator's language. */
export interface Suggestion {
  name: string;
  description: string;
}

export function completeVariables(
  context: CompletionContext,
  suggestions: Suggestion[],
): CompletionResult | null {
  const before = context.matchBefore(/\{\{-?\s*[\w.]*$/);
  if (!before) return null;
  const typed = /[\w.]*$/.exec(before.text)?.[0] ?? "";
  const hasBlank = /\s/.test(before.text);
  return {
    from: before.to - typed.length,
    options: suggestions.map(({ name, description }) => option(name, description, hasBlank)),
    validFor: /^[\w.]*$/,
  };
}

function option(name: string, description: string, hasBlank: boolean): Completion {
  return {
    label: name,
    detail: description,
    apply: (view, _completion, from, to) => {
      const rest = view.state.sliceDoc(to, to + 20);
      const close = /^\s*-?\}\}/.exec(rest)?.[0];
      const insert = `${hasBlank ? "" : " "}${name}${close === undefined ? " }}" : ""}`;
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor: from + insert.length + (close?.length ?? 0) },
        userEvent: "input.complete",
      });
    },
  };
}
