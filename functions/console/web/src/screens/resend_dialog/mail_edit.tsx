import type { Model } from "./model";

/** The change of the mail for this resend only. */
export function MailEditSection(_: { model: Model }) {
  return null;
}
