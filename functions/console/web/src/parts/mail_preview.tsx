import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { configuration } from "../configuration";
import { type MessageKey, t } from "../i18n/messages";
import { withoutHiddenLink } from "./hidden_link";
import { closeOnEscape, mailHeight, type Scheme, showMail } from "./mail_frame";
import { MOUSE, NARROW, useMedia } from "./media";
import { Tabs } from "./tabs";

/** A rendered mail. */
export interface PreviewedMail {
  subject: string;
  html: string;
  text: string;
  /** The language tag of the mail. */
  language?: string;
}

/** The part of a mail that is shown or edited. */
export type ShownPart = "html" | "text";

type Width = "phone" | "desktop";

/** How the operator looks at mails: it stays when another mail is shown. At first a narrow screen is a phone's. */
const chosenWidth = signal<Width | undefined>(undefined);
const scheme = signal<Scheme>("light");

interface Props {
  mail: PreviewedMail;
  /** The name of the frame for a screen reader. */
  title?: string;
  /** The part that the operator edits: the preview shows it whenever that changes. */
  editedPart?: ShownPart;
}

/** A mail as a recipient sees it: HTML or text, on a phone or a desktop, light or dark. Images are off at first. */
export function MailPreview({ mail, title = t("mail.preview"), editedPart = "html" }: Props) {
  const part = useSignal<string>(editedPart);
  const hasImages = useSignal(false);
  const isNarrow = useMedia(NARROW);
  const hasMouse = useMedia(MOUSE);
  useEffect(() => {
    part.value = editedPart;
  }, [editedPart]);
  const width = chosenWidth.value ?? (isNarrow ? "phone" : "desktop");
  return (
    <div class="mail-preview">
      <p class="mail-subject">
        <span class="soft">{t("mail.subject")}</span>{" "}
        <strong lang={mail.language}>{mail.subject}</strong>
      </p>
      <Tabs
        label={t("mail.part")}
        tabs={[
          { key: "html", label: t("mail.html") },
          { key: "text", label: t("mail.text") },
        ]}
        chosen={part.value}
        onChoose={chosen => {
          part.value = chosen;
        }}
      >
        {part.value === "text" ? (
          <pre class="mail-text" lang={mail.language}>
            {withoutHiddenLink(mail.text)}
          </pre>
        ) : (
          <>
            <div class="mail-options">
              <Choice
                label={t("mail.width")}
                options={WIDTHS}
                chosen={width}
                onChoose={chosen => {
                  chosenWidth.value = chosen;
                }}
              />
              <Choice
                label={t("mail.colours")}
                options={SCHEMES}
                chosen={scheme.value}
                onChoose={chosen => {
                  scheme.value = chosen;
                }}
              />
              <button
                type="button"
                class="chip"
                aria-pressed={hasImages.value}
                onClick={() => {
                  hasImages.value = !hasImages.value;
                }}
              >
                {t("mail.show_images")}
              </button>
            </div>
            <MailFrame
              key={String(hasImages.value)}
              mail={mail}
              title={title}
              images={hasImages.value}
              width={width}
            />
            <p class="hint">{t(hasMouse ? "mail.links_hint" : "mail.links_hint_touch")}</p>
          </>
        )}
      </Tabs>
    </div>
  );
}

const WIDTHS: [Width, MessageKey][] = [
  ["desktop", "mail.desktop"],
  ["phone", "mail.phone"],
];
const SCHEMES: [Scheme, MessageKey][] = [
  ["light", "mail.light"],
  ["dark", "mail.dark"],
];

function Choice<T extends string>(props: {
  label: string;
  options: [T, MessageKey][];
  chosen: T;
  onChoose: (value: T) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not flow with its neighbours in every browser.
    <div role="group" aria-label={props.label} class="mail-choice">
      {props.options.map(([value, label]) => (
        <button
          key={value}
          type="button"
          class="chip"
          aria-pressed={props.chosen === value}
          onClick={() => props.onChoose(value)}
        >
          {t(label)}
        </button>
      ))}
    </div>
  );
}

/** The frame is made again when images are switched: its page says whether images may load. */
function MailFrame(props: { mail: PreviewedMail; title: string; images: boolean; width: Width }) {
  const { mail, title, images, width: shownWidth } = props;
  const frame = useRef<HTMLIFrameElement>(null);
  const isLoaded = useSignal(false);
  const hasFailed = useSignal(false);
  const height = useSignal(240);
  const shownScheme = scheme.value;

  useEffect(() => {
    const element = frame.current;
    if (!element || !isLoaded.value) return;
    if (!element.contentDocument) {
      hasFailed.value = true;
      return;
    }
    showMail(element, mail, { scheme: shownScheme, images });
    height.value = mailHeight(element);
  }, [isLoaded.value, mail.html, mail.language, shownScheme, images]);
  useEffect(
    () => (frame.current && isLoaded.value ? closeOnEscape(frame.current) : undefined),
    [isLoaded.value],
  );
  useEffect(() => {
    if (frame.current && isLoaded.value) height.value = mailHeight(frame.current);
  }, [shownWidth]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide mail is scrolled by keyboard.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll.
    <div class="mail-frame-scroll" role="group" aria-label={title} tabIndex={0}>
      {hasFailed.value && <p role="status">{t("mail.failed")}</p>}
      <iframe
        ref={frame}
        class={`mail-frame ${shownWidth} ${shownScheme}`}
        title={title}
        sandbox="allow-same-origin"
        referrerpolicy="no-referrer"
        src={images ? configuration.mailFrameImages : configuration.mailFrame}
        style={{ height: `${Math.max(160, height.value + 2)}px` }}
        onLoad={() => {
          isLoaded.value = true;
        }}
      />
    </div>
  );
}
