import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { previewSource } from "../../api/calls";
import type { ApiError } from "../../api/errors";
import type { Schema, Variable } from "../../api/types";
import { t } from "../../i18n/messages";
import { type FindingLike, findingText, placeText } from "../../parts/finding_list";
import { MailEditor } from "../../parts/mail_editor";
import type { ShownPart } from "../../parts/mail_preview";
import { editedParts } from "../../state/edited_parts";
import { apiError } from "../../state/resource";
import type { MailSource } from "../../state/template_draft";
import { HtmlFile, isFileDrag, readDropped } from "./html_file";
import { Look, type LookOptions } from "./look";

/** A pause in typing after which the mail is made again. */
const DELAY = 400;

interface Props {
  templateId: string;
  language: string;
  source: MailSource;
  /** The stored source, if there is one. */
  stored: MailSource | undefined;
  madeText: string | undefined;
  variables: Variable[];
  onChange: (source: MailSource) => void;
}

/** One language of a template: the editor, and beside it the mail that it makes. */
export function Variant(props: Props) {
  const { templateId, language, source, stored, madeText, variables, onChange } = props;
  const options = useSignal<LookOptions>({ user: undefined, passwordChange: undefined });
  const { preview, error, previewed } = usePreview(source, language, options.value);
  const part = useSignal<ShownPart>("html");
  const cleaned = useSignal<FindingLike[]>([]);
  const findings = preview?.findings ?? [];

  const clean = () => {
    // The cleaned source is of the text that was previewed.
    if (preview?.cleanedSource === undefined || previewed?.html !== source.html) return;
    cleaned.value = findings.filter(finding => finding.cleanable);
    onChange({ ...source, html: preview.cleanedSource });
  };
  const put = (html: string) => onChange({ ...source, html });
  return (
    <div class="variant">
      <div
        class="variant-editor"
        onDragOver={event => {
          if (isFileDrag(event)) event.preventDefault();
        }}
        onDrop={event => readDropped(event, put)}
      >
        <HtmlFile onRead={put} />
        <MailEditor
          value={source}
          onChange={onChange}
          findings={findings}
          variables={variables}
          language={language}
          historyKey={`${templateId}/${language}`}
          madeText={madeText}
          edited={stored && editedParts(stored, source)}
          onPart={shown => {
            part.value = shown;
          }}
          onClean={clean}
        />
        <Cleaned cleaned={cleaned.value} />
      </div>
      <Look
        options={options.value}
        onOptions={next => {
          options.value = next;
        }}
        preview={preview}
        error={error}
        editedPart={part.value}
      />
    </div>
  );
}

/** What was taken out of the HTML. */
function Cleaned({ cleaned }: { cleaned: FindingLike[] }) {
  return (
    <div role="status">
      {cleaned.length > 0 && (
        <div class="banner good">
          <p>{t("template.cleaned")}</p>
          <ul>
            {cleaned.map((finding, index) => (
              <li key={index}>
                {placeText(finding)}: {findingText(finding)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** Asks for the mail of a source after a pause in typing. A late answer to an earlier text is dropped. */
function usePreview(source: MailSource, language: string, options: LookOptions) {
  const preview = useSignal<Schema["SourcePreview"] | undefined>(undefined);
  const error = useSignal<ApiError | undefined>(undefined);
  const previewed = useRef<MailSource | undefined>(undefined);
  const { user, passwordChange } = options;
  const body = {
    ...source,
    language,
    ...(user ? { userId: user.id } : {}),
    ...(passwordChange ? { passwordChange } : {}),
  };
  useEffect(() => {
    const abort = new AbortController();
    const ask = async () => {
      try {
        const found = await previewSource(body, abort.signal);
        if (abort.signal.aborted) return;
        previewed.current = source;
        preview.value = found;
        error.value = undefined;
      } catch (caught) {
        if (!abort.signal.aborted) error.value = apiError(caught);
      }
    };
    const timer = setTimeout(() => void ask(), preview.value ? DELAY : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [JSON.stringify(body)]);
  return { preview: preview.value, error: error.value, previewed: previewed.current };
}
