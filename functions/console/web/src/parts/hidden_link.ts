/** The link to set a password, in a mail that was sent. Whoever has it can log in as the recipient, so the API never shows it. */

import { t } from "../i18n/messages";

/** The address that the API puts in its place. */
const HIDDEN = "https://hidden.invalid/";

/** A text with words in place of the hidden link. */
export function withoutHiddenLink(text: string): string {
  return text.replaceAll(HIDDEN, t("mail.link_hidden"));
}

/** The address of a link in words, where it is the hidden one. */
export function addressText(address: string): string {
  return address === HIDDEN ? t("mail.link_hidden_address") : address;
}
