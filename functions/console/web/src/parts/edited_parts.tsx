import { formatList, languageName } from "../i18n/format";
import { type MessageKey, t } from "../i18n/messages";
import type { EditedPart } from "../state/edited_parts";

/** The names of parts of a mail, such as "subject and text part". */
export function partNames(parts: EditedPart[]): string {
  return formatList(parts.map(part => t(`editor.part.${part}` as MessageKey)));
}

/** Says which parts of a mail are edited, and which of the two that recipients read is not. */
export function EditedParts({ parts, language }: { parts: EditedPart[]; language: string }) {
  return (
    <p role="status" class="edited-parts">
      {parts.length > 0 && (
        <>
          <strong>
            {t("editor.edited", { parts: partNames(parts), language: languageName(language) })}
          </strong>{" "}
          {unedited(parts)}
        </>
      )}
    </p>
  );
}

function unedited(parts: EditedPart[]): string {
  const [hasHtml, hasText] = [parts.includes("html"), parts.includes("text")];
  if (!hasHtml && !hasText) return t("editor.same_both");
  if (!hasHtml) return t("editor.same_html");
  return hasText ? "" : t("editor.same_text");
}
