/** Fills the frame of a mail preview. Nothing of a mail runs, loads or navigates in it. */

import type { Mail } from "../api/types";
import { addressText, withoutHiddenLink } from "./hidden_link";

export type Scheme = "light" | "dark";

/** A mail as a preview shows it. */
export type ShownMail = Pick<Mail, "html"> & { language?: string | undefined };

const REMOVED =
  "script, base, link, iframe, frame, frameset, object, embed, applet, portal, template, audio, video, " +
  "svg, math, input, textarea, select, meta:not([charset])";
/** Elements that go, while their content stays. */
const UNWRAPPED = "form, button, fieldset, dialog, noscript";
const REMOVED_ATTRIBUTES = new Set([
  "target",
  "ping",
  "download",
  "action",
  "formaction",
  "autofocus",
  "accesskey",
  "tabindex",
  "contenteditable",
  "popover",
  "usemap",
]);
const IMAGE_ATTRIBUTES = ["src", "srcset", "background", "poster"];
const PREFERENCE = /\(\s*prefers-color-scheme\s*(?::\s*(light|dark)\s*)?\)/gi;

/** A media query under which the reader prefers a scheme: the feature becomes one that is always, or never, true. */
export function mediaUnder(scheme: Scheme, media: string): string {
  return media.replace(PREFERENCE, (_, asked: string | undefined) =>
    asked === undefined || asked.toLowerCase() === scheme
      ? "(min-width: 0px)"
      : "(max-width: -1px)",
  );
}

/** Takes out of a parsed mail everything that could run, load or navigate. The address of a link becomes its title. */
function disarm(mail: Document, options: { images: boolean }): void {
  for (const element of mail.querySelectorAll(REMOVED)) element.remove();
  for (const element of mail.querySelectorAll(UNWRAPPED)) {
    element.replaceWith(...element.childNodes);
  }

  for (const element of mail.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (name === "href") disarmLink(element);
      else if (name.startsWith("on") || REMOVED_ATTRIBUTES.has(name)) element.removeAttribute(name);
    }
    if (options.images) continue;
    for (const name of IMAGE_ATTRIBUTES) element.removeAttribute(name);
  }

  const texts = mail.createTreeWalker(mail, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    text.nodeValue = withoutHiddenLink(text.nodeValue ?? "");
  }
}

function disarmLink(element: Element): void {
  const address = addressText(element.getAttribute("href") ?? "");
  element.removeAttribute("href");
  if (element.localName !== "a") return;
  element.setAttribute("title", address);
  element.setAttribute("data-address", address);
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "link");
  element.setAttribute("aria-disabled", "true");
}

/** The style of inert links: they look like links, and show their address below on hover and focus. */
const LINK_STYLE = `
a[data-address] { cursor: help; }
a[data-address]:not([style*="text-decoration"]) { text-decoration: underline; }
a[data-address]:hover::after, a[data-address]:focus::after {
  content: attr(data-address) !important; position: fixed !important; inset: auto auto 0 0 !important;
  box-sizing: border-box !important; max-width: 100% !important; padding: 4px 8px !important; z-index: 2147483647 !important;
  font: 13px/1.4 system-ui, sans-serif !important; overflow-wrap: anywhere !important; white-space: normal !important;
  color: #fff !important; background: #1a1f29 !important; text-decoration: none !important; display: block !important;
}
a[data-address]:focus { outline: 3px solid #1f4fb8 !important; outline-offset: 2px !important; }
html:focus-visible { outline: 3px solid #1f4fb8; outline-offset: -3px; }
`;

/**
 * Shows a mail in a frame. The frame's own parser reads it: the page's Trusted Types forbid the page's, and `srcdoc` would
 * inherit the policy of the page, which blocks the mail's styles.
 */
export function showMail(
  frame: HTMLIFrameElement,
  mail: ShownMail,
  options: { scheme: Scheme; images: boolean },
): void {
  const page = frame.contentDocument;
  const realm = frame.contentWindow as (Window & typeof globalThis) | null;
  if (!page || !realm) return;
  const { scrollX, scrollY } = realm;

  const parsed = new realm.DOMParser().parseFromString(mail.html, "text/html");
  const supportsDark = namesDark(parsed);
  disarm(parsed, options);
  const root = parsed.documentElement;
  if (mail.language && !root.lang) root.lang = mail.language;
  const style = parsed.createElement("style");
  style.textContent = LINK_STYLE;
  parsed.head.append(style);

  page.replaceChild(page.adoptNode(root), page.documentElement);
  prefer(page, options.scheme, supportsDark);
  realm.scrollTo(scrollX, scrollY);
}

/** Lets Esc in a mail close the dialog around its frame: the page outside of the frame hears no key. Answers how to end that. */
export function closeOnEscape(frame: HTMLIFrameElement): () => void {
  const page = frame.contentDocument;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    frame.closest("dialog")?.dispatchEvent(new Event("cancel", { cancelable: true }));
  };
  page?.addEventListener("keydown", onKeyDown);
  return () => page?.removeEventListener("keydown", onKeyDown);
}

/** The height of the shown mail, for a frame that is as high. */
export function mailHeight(frame: HTMLIFrameElement): number {
  const root = frame.contentDocument?.documentElement;
  if (!root) return 0;
  const before = frame.style.height;
  frame.style.height = "0";
  const height = root.scrollHeight;
  frame.style.height = before;
  return height;
}

/** Whether a mail says in its head that it can be shown dark. */
function namesDark(mail: Document): boolean {
  const named = mail.querySelector('meta[name="color-scheme" i]')?.getAttribute("content") ?? "";
  const styles = [...mail.querySelectorAll("style")].map(style => style.textContent ?? "");
  return (
    /\bdark\b/i.test(named) || styles.some(text => /color-scheme\s*:[^;}]*\bdark\b/i.test(text))
  );
}

/** Makes the mail's media queries answer as for a reader who prefers the scheme, whatever the operator's system prefers. */
function prefer(page: Document, scheme: Scheme, supportsDark: boolean): void {
  for (const sheet of page.styleSheets) {
    sheet.media.mediaText = mediaUnder(scheme, sheet.media.mediaText);
    preferIn(sheet, scheme);
  }
  for (const source of page.querySelectorAll("source[media]")) {
    source.setAttribute("media", mediaUnder(scheme, source.getAttribute("media") ?? ""));
  }

  const used = scheme === "dark" && supportsDark ? "dark" : "light";
  page.documentElement.style.setProperty("color-scheme", `only ${used}`, "important");
}

function preferIn(rules: { readonly cssRules: CSSRuleList }, scheme: Scheme): void {
  for (const rule of rules.cssRules) {
    if ("media" in rule && rule.media) {
      const media = rule.media as MediaList;
      const changed = mediaUnder(scheme, media.mediaText);
      if (changed !== media.mediaText) media.mediaText = changed;
    }
    if ("cssRules" in rule) preferIn(rule as CSSGroupingRule, scheme);
  }
}
