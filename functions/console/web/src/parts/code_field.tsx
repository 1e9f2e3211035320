import { useSignal } from "@preact/signals";
import type { Ref } from "preact";
import { useEffect, useId, useImperativeHandle, useRef } from "preact/hooks";
import type { Suggestion } from "../editor/completion";
import type { Editor, Mark } from "../editor/main";
import { offsetAt } from "../editor/positions";
import { t } from "../i18n/messages";
import { loadEditor } from "./load_editor";
import { MOUSE, useMedia } from "./media";

/** Commands to the text of a field. */
export interface CodeFieldHandle {
  /** Inserts at the cursor, and selects `selected` within what was inserted. */
  insert: (text: string, selected?: string) => void;
  goTo: (line: number, column?: number) => void;
}

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onFocus?: () => void;
  /** The undo history of this key goes on as long as the tab is open. */
  historyKey: string;
  isReadOnly?: boolean | undefined;
  marks: Mark[];
  suggestions: Suggestion[];
  handle?: Ref<CodeFieldHandle>;
}

/** A long text. Until the editor is loaded, and where it cannot be loaded, it is edited as a plain text field. */
export function CodeField(props: Props) {
  const { label, value, marks, suggestions } = props;
  const id = useId();
  const host = useRef<HTMLDivElement>(null);
  const hint = useRef<HTMLParagraphElement>(null);
  const hasMouse = useMedia(MOUSE);
  const plain = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  /** Texts that the editor has told, and that have not come back as the value yet. */
  const written = useRef<string[]>([]);
  const isOpen = useSignal(false);
  const hasFailed = useSignal(false);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    let isGone = false;
    const open = async () => {
      const loaded = await loadEditor().catch(() => undefined);
      if (isGone || !host.current) return;
      if (!loaded) {
        hasFailed.value = true;
        return;
      }
      await composed(plain.current);
      if (isGone || !host.current) return;
      const before = plain.current;
      const hadFocus = before !== null && document.activeElement === before;
      editor.current = loaded.openEditor(host.current, {
        historyKey: latest.current.historyKey,
        text: latest.current.value,
        label,
        isReadOnly: latest.current.isReadOnly ?? false,
        phrases: phrases(),
        onChange: text => {
          written.current.push(text);
          latest.current.onChange(text);
        },
        onFocus: () => latest.current.onFocus?.(),
      });
      isOpen.value = true;
      if (!hadFocus) return;
      editor.current.select(before.selectionStart, before.selectionEnd);
      editor.current.focus();
    };
    void open();
    return () => {
      isGone = true;
      editor.current?.close();
      editor.current = undefined;
      written.current = [];
      isOpen.value = false;
    };
  }, [props.historyKey, props.isReadOnly]);

  useEffect(() => {
    // A value that the editor told earlier is older than its text.
    const told = written.current.indexOf(value);
    if (told >= 0) written.current.splice(0, told + 1);
    else editor.current?.setText(value);
  }, [value, isOpen.value]);
  const marked = JSON.stringify(marks);
  useEffect(() => {
    editor.current?.setMarks(marks);
    const wrong = marks.map(mark => mark.message).join(" ");
    editor.current?.describe(label, `${t("editor.leave")} ${wrong}`);
  }, [marked, label, isOpen.value]);
  useEffect(() => {
    editor.current?.setSuggestions(suggestions);
  }, [suggestions, isOpen.value]);

  useImperativeHandle(
    props.handle ?? null,
    () => ({
      insert: (text, selected) => {
        if (editor.current) editor.current.insert(text, selected);
        else if (plain.current) insertInto(plain.current, text, selected, latest.current.onChange);
      },
      goTo: (line, column) => {
        if (editor.current) editor.current.goTo(line, column);
        else if (plain.current) goToIn(plain.current, line, column);
      },
    }),
    [],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    const isTaken = event.isComposing || event.defaultPrevented;
    if (event.key !== "Escape" || isTaken || event.target === hint.current) return;
    // Esc leaves the text before it closes the dialog around it. Tab goes on from there.
    event.preventDefault();
    hint.current?.focus();
  };
  return (
    <div class="code-field" onKeyDown={onKeyDown}>
      {!isOpen.value && (
        <textarea
          ref={plain}
          class="textarea code-plain"
          aria-label={label}
          aria-describedby={`${id}-hint`}
          value={value}
          readOnly={props.isReadOnly}
          spellcheck={false}
          autocomplete="off"
          onInput={event => props.onChange(event.currentTarget.value)}
          onFocus={() => props.onFocus?.()}
        />
      )}
      <div ref={host} class="cm-host" hidden={!isOpen.value} />
      <p
        ref={hint}
        class="hint"
        id={`${id}-hint`}
        tabIndex={-1}
        role={hasFailed.value ? "status" : undefined}
      >
        {hasFailed.value ? t("editor.failed") : t(hasMouse ? "editor.leave" : "editor.touch")}
      </p>
    </div>
  );
}

/** Waits until an input method has finished its text. */
function composed(field: HTMLTextAreaElement | null): Promise<void> {
  if (!field || document.activeElement !== field) return Promise.resolve();
  return new Promise(resolve => {
    let isComposing = false;
    const finish = () => {
      field.removeEventListener("compositionend", finish);
      field.removeEventListener("compositionupdate", note);
      // The field's own input event follows the end of the composition.
      setTimeout(resolve);
    };
    const note = () => {
      isComposing = true;
    };
    field.addEventListener("compositionend", finish);
    field.addEventListener("compositionupdate", note);
    setTimeout(() => {
      if (!isComposing) finish();
    }, 50);
  });
}

/** Inserts at the cursor of a plain field, and puts the cursor behind it. */
export function insertInto(
  field: HTMLTextAreaElement | HTMLInputElement,
  text: string,
  selected: string | undefined,
  onChange: (value: string) => void,
): void {
  const from = field.selectionStart ?? field.value.length;
  field.setRangeText(text, from, field.selectionEnd ?? from, "end");
  onChange(field.value);
  field.focus();
  if (!selected) return;
  const at = from + text.indexOf(selected);
  field.setSelectionRange(at, at + selected.length);
}

function goToIn(field: HTMLTextAreaElement, line: number, column = 1): void {
  const lines = field.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0);
  const at = before + offsetAt(lines[line - 1] ?? "", column);
  field.focus();
  field.setSelectionRange(at, at);
}

/** The texts of the editor's library, by their English. */
function phrases(): Record<string, string> {
  return {
    Completions: t("editor.completions"),
    Diagnostics: t("editor.findings"),
    close: t("common.close"),
    "Control character": t("editor.control_character"),
    "Selection deleted": t("editor.selection_deleted"),
  };
}
