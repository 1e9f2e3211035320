/** Reasons for which a user is left out, and what the operator can do about them. */

import type { User } from "../api/types";
import { hasMessage, t } from "../i18n/messages";
import { may } from "../state/operator";

/** A start, a template or a waived cooldown that is chosen in the dialog takes these reasons away. */
const IN_DIALOG = new Set(["outside_validity", "recently_invited", "not_renderable"]);

/** A change of the user takes these reasons away. */
const IN_DIRECTORY = new Set(["no_email", "not_active", "not_renderable", "outside_validity"]);

export function canResolveInDialog(reason: string): boolean {
  return IN_DIALOG.has(reason);
}

/** Whether the operator may change in the directory what leaves the user out. */
export function canResolveInDirectory(reason: string): boolean {
  return may.keepDirectory.value && IN_DIRECTORY.has(reason);
}

/** Whether an address may be put right on the screen of the user. */
const mayCorrectAddress = (user: User) => may.resend.value && !user.firstLoginAt;

/** The sentence that says what the operator can do about a reason, or whom to ask: on the screen of a user, or for many. */
export function remedyText(reason: string, user?: User): string | undefined {
  const keys = [
    may.isOwner.value && `user.remedy.${reason}_owner`,
    reason === "no_email" && user && mayCorrectAddress(user) && "user.remedy.no_email",
    may.keepDirectory.value && `user.remedy.${reason}_directory`,
    `user.remedy.${reason}_ask`,
    `user.remedy.${reason}`,
  ];
  const key = keys.find(one => typeof one === "string" && hasMessage(one));
  return key && t(key);
}
