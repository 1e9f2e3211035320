import type { Ref } from "preact";
import type { Schema } from "../api/types";
import { type MessageKey, t, tn } from "../i18n/messages";
import { engineText } from "./engine_text";
import { ruleText } from "./problem";

export type MailPartName = Schema["MailPart"];

/** A finding of a preview, or an error of a request that stores a source. */
export interface FindingLike {
  pointer?: string | undefined;
  part?: MailPartName | undefined;
  line?: number | undefined;
  column?: number | string | undefined;
  detail: string;
  rule: string;
  values?: Record<string, unknown> | undefined;
  cleanable?: boolean | undefined;
}

/** The part of a mail that a finding is about. Errors of requests name it in their pointer. */
export function partOf(finding: FindingLike): MailPartName {
  const last = finding.part ?? finding.pointer?.split("/").at(-1);
  return last === "subject" || last === "text" ? last : "html";
}

/** The sentence of a finding. */
export function findingText(finding: FindingLike): string {
  return ruleText(finding as Parameters<typeof ruleText>[0]);
}

/** The words of the template engine, where the sentence of a finding says them in other words. */
export function engineWords({ values }: FindingLike): string | undefined {
  const message = values?.message;
  return typeof message === "string" && engineText(message) ? message : undefined;
}

/** "HTML, line 12, column 5". */
export function placeText(finding: FindingLike): string {
  const part = t(`editor.${partOf(finding)}` as MessageKey);
  const { line, column } = finding;
  if (line === undefined) return part;
  if (column === undefined) return t("editor.place_line", { part, line });
  return t("editor.place", { part, line, column: Number(column) });
}

/** "HTML, line 12, column 5: what is wrong there". */
function sentence(finding: FindingLike): string {
  return t("common.at_place", { place: placeText(finding), text: findingText(finding) });
}

interface Props {
  list?: Ref<HTMLDivElement>;
  findings: FindingLike[];
  onGoTo: (finding: FindingLike) => void;
  onClean?: (() => void) | undefined;
}

/** What is wrong with a mail: each finding is a button that goes to its place. A screen reader hears the first one. */
export function FindingList({ list, findings, onGoTo, onClean }: Props) {
  const canClean = findings.some(finding => finding.cleanable);
  const [first] = findings;
  return (
    <div class="finding-list" ref={list}>
      <p role="status" class={first ? "finding-count" : "soft"}>
        {first ? tn("editor.count", findings.length) : t("editor.no_findings")}
        {first && <span class="visually-hidden"> {sentence({ ...first, column: undefined })}</span>}
      </p>
      {findings.length > 0 && (
        <ul>
          {findings.map((finding, index) => (
            <li key={index}>
              <button type="button" class="link-button" onClick={() => onGoTo(finding)}>
                {sentence(finding)}
              </button>
              {engineWords(finding) && (
                <code class="soft" lang="en">
                  {engineWords(finding)}
                </code>
              )}
              {finding.cleanable && <span class="badge warning">{t("editor.cleanable")}</span>}
            </li>
          ))}
        </ul>
      )}
      {canClean && onClean && (
        <button type="button" class="button" onClick={onClean}>
          {t("editor.clean")}
        </button>
      )}
    </div>
  );
}
