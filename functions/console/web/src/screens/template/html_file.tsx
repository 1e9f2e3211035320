import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { t } from "../../i18n/messages";
import { decodeHtml } from "../../state/html_file";

/** Longer files are no mails: the API refuses them. */
const LONGEST = 1_000_000;

async function readFile(file: File): Promise<string | undefined> {
  if (file.size > LONGEST) return undefined;
  return decodeHtml(new Uint8Array(await file.arrayBuffer()));
}

/** Puts an HTML file in place of the HTML. It can be undone in the editor. */
export function HtmlFile({ onRead }: { onRead: (html: string) => void }) {
  const id = useId();
  const isTooLong = useSignal(false);
  return (
    <div class="field html-file">
      <label for={id}>{t("template.file")}</label>
      <p class="hint">{t("template.file_hint")}</p>
      <input
        id={id}
        type="file"
        accept=".html,.htm,text/html"
        onChange={async event => {
          const input = event.currentTarget;
          const [file] = input.files ?? [];
          if (!file) return;
          const html = await readFile(file);
          isTooLong.value = html === undefined;
          input.value = "";
          if (html !== undefined) onRead(html);
        }}
      />
      <p role="status" class="field-error">
        {isTooLong.value && t("template.file_too_long")}
      </p>
    </div>
  );
}

export function isFileDrag(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** Reads the HTML file that was dropped. A text that is dragged within the editor is the editor's own. */
export function readDropped(event: DragEvent, onRead: (html: string) => void): void {
  if (!isFileDrag(event)) return;
  event.preventDefault();
  const [file] = event.dataTransfer?.files ?? [];
  if (!file) return;
  void readFile(file).then(html => {
    if (html !== undefined) onRead(html);
  });
}
