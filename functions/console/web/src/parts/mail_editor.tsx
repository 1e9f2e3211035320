import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Variable } from "../api/types";
import { t } from "../i18n/messages";
import type { EditedPart } from "../state/edited_parts";
import type { MailSource } from "../state/template_draft";
import { CodeField, type CodeFieldHandle, insertInto } from "./code_field";
import { EditedParts } from "./edited_parts";
import {
  type FindingLike,
  FindingList,
  findingText,
  type MailPartName,
  partOf,
} from "./finding_list";
import type { ShownPart } from "./mail_preview";
import { SubjectField } from "./subject_field";
import { Tabs } from "./tabs";
import { TextPart } from "./text_part";
import { VariablePicker, variableText } from "./variable_picker";

export type { MailSource };

export interface MailEditorHandle {
  goTo: (finding: FindingLike) => void;
}

interface Props {
  value: MailSource;
  onChange: (value: MailSource) => void;
  findings: FindingLike[];
  variables: Variable[];
  /** The language tag of the mail. */
  language: string;
  /** Tells this text from others: its undo history is kept while the tab is open. */
  historyKey: string;
  /** The text that is made from the HTML, to begin with when the operator writes it. */
  madeText?: string | undefined;
  isReadOnly?: boolean | undefined;
  /** Whether the text may be made from the HTML again after it was written. */
  canMakeText?: boolean | undefined;
  /** Leads to the place of a finding from elsewhere, such as a summary of errors. */
  editorHandle?: { current: MailEditorHandle | null } | undefined;
  /** Takes out of the HTML what may go. */
  onClean?: (() => void) | undefined;
  /** The parts that differ from the text that the operator began with. */
  edited?: EditedPart[] | undefined;
  /** Told which part is edited, at first and whenever the operator goes to the other one. */
  onPart?: ((part: ShownPart) => void) | undefined;
  /** Told when a finding was pressed, after the editor has gone to its place. */
  onGoTo?: ((finding: FindingLike) => void) | undefined;
}

/** The texts of a mail, with variables to insert and what is wrong. */
export function MailEditor(props: Props) {
  const { value, onChange, findings, variables, language, historyKey, isReadOnly } = props;
  const { edited = [] } = props;
  const isOnlyText = edited.includes("text") && !edited.includes("html");
  const part = useSignal<ShownPart>(isOnlyText ? "text" : "html");
  const lastFocused = useRef<MailPartName>("html");
  const subject = useRef<HTMLTextAreaElement>(null);
  const html = useRef<CodeFieldHandle>(null);
  const text = useRef<CodeFieldHandle>(null);
  const list = useRef<HTMLDivElement>(null);
  const target = useSignal<FindingLike | undefined>(undefined);

  // The editor of a part is shown before the cursor goes to a place in it.
  useEffect(() => {
    const finding = target.value;
    if (!finding) return;
    target.value = undefined;
    const handle = partOf(finding) === "text" ? text.current : html.current;
    handle?.goTo(finding.line ?? 1, numberOf(finding.column));
    showList();
  }, [target.value]);
  useEffect(() => props.onPart?.(part.value), [part.value]);

  // What is wrong stays in view, once the editor has scrolled to the place.
  const showList = () =>
    requestAnimationFrame(() => list.current?.scrollIntoView({ block: "nearest" }));

  const goTo = (finding: FindingLike) => {
    const where = partOf(finding);
    if (where === "subject") {
      subject.current?.focus();
      const at = (numberOf(finding.column) ?? 1) - 1;
      subject.current?.setSelectionRange(at, at);
      showList();
    } else {
      part.value = where === "text" && value.text !== undefined ? "text" : "html";
      target.value = { ...finding };
    }
    props.onGoTo?.(finding);
  };
  useEffect(() => {
    if (props.editorHandle) props.editorHandle.current = { goTo };
  });
  const insert = (variable: Variable) => {
    const { mark, selected } = markOf(variable);
    if (lastFocused.current === "subject" && subject.current) {
      insertInto(subject.current, mark, selected, next => onChange({ ...value, subject: next }));
    } else {
      const handle = part.value === "text" && value.text !== undefined ? text : html;
      part.value = handle === text ? "text" : "html";
      handle.current?.insert(mark, selected);
    }
  };

  const suggestions = useMemo(
    () => variables.map(one => ({ name: one.name, description: variableText(one) })),
    [variables, t("editor.html")],
  );
  const marksOf = (name: MailPartName) =>
    findings
      .filter(finding => partOf(finding) === name && finding.line !== undefined)
      .map(finding => ({
        line: finding.line ?? 1,
        column: numberOf(finding.column),
        message: findingText(finding),
        severity: finding.cleanable ? ("warning" as const) : ("error" as const),
      }));
  const subjectErrors = findings.filter(finding => partOf(finding) === "subject");

  return (
    <div class="mail-editor">
      <SubjectField
        field={subject}
        value={value.subject}
        language={language}
        error={subjectErrors.map(findingText).join(" ") || undefined}
        isReadOnly={isReadOnly}
        onFocus={() => {
          lastFocused.current = "subject";
        }}
        onChange={next => onChange({ ...value, subject: next })}
      />
      {!isReadOnly && <VariablePicker variables={variables} onChoose={insert} />}
      <FindingList
        list={list}
        findings={findings}
        onGoTo={goTo}
        onClean={isReadOnly ? undefined : props.onClean}
      />
      {!isReadOnly && <EditedParts parts={edited} language={language} />}
      <Tabs
        label={t("editor.parts")}
        tabs={[
          { key: "html", label: tabLabel(t("editor.html"), edited.includes("html")) },
          { key: "text", label: tabLabel(t("editor.text"), edited.includes("text")) },
        ]}
        chosen={part.value}
        onChoose={chosen => {
          part.value = chosen === "text" ? "text" : "html";
        }}
      >
        <div hidden={part.value !== "html"}>
          <CodeField
            label={t("editor.html_label")}
            value={value.html}
            historyKey={`${historyKey}/html`}
            isReadOnly={isReadOnly}
            marks={marksOf("html")}
            suggestions={suggestions}
            handle={html}
            onFocus={() => {
              lastFocused.current = "html";
            }}
            onChange={next => onChange({ ...value, html: next })}
          />
        </div>
        <div hidden={part.value !== "text"}>
          <TextPart
            {...props}
            marks={marksOf("text")}
            suggestions={suggestions}
            handle={text}
            onFocus={() => {
              lastFocused.current = "text";
            }}
          />
        </div>
      </Tabs>
    </div>
  );
}

function tabLabel(part: string, isEdited: boolean): string {
  return isEdited ? t("editor.tab_edited", { part }) : part;
}

/** The mark of a variable, and the part of it that the operator replaces. */
function markOf(variable: Pick<Variable, "name">): { mark: string; selected?: string } {
  if (!variable.name.endsWith(".NAME")) return { mark: `{{ ${variable.name} }}` };
  return { mark: `{{ ${variable.name} | default('') }}`, selected: "NAME" };
}

function numberOf(column: number | string | undefined): number | undefined {
  return column === undefined ? undefined : Number(column) || undefined;
}
