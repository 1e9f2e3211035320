/** E-mail addresses as Japanese keyboards write them. */

/** An address without blanks around it, and with its full-width signs made half-width. What is no address stays as it was typed. */
export function plainAddress(text: string): string {
  const trimmed = text.trim();
  const plain = trimmed.normalize("NFKC").replaceAll("。", ".");
  return /^[\x21-\x7e]+@[^\s@]+$/.test(plain) ? plain : trimmed;
}
