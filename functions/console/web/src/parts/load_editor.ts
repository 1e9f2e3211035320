/** The editor, loaded once, when the first text is edited. */

import { configuration } from "../configuration";

type EditorModule = typeof import("../editor/main");

let loading: Promise<EditorModule> | undefined;

/** The module of the editor. A failed load is tried again by the next text. */
export function loadEditor(): Promise<EditorModule> {
  if (!loading) {
    const address = configuration.editor;
    loading = import(address) as Promise<EditorModule>;
    loading.catch(() => {
      loading = undefined;
    });
  }
  return loading;
}
