/** Reasons for which a user is left out, and what the operator can do about them. */

import type { User } from "../api/types";
import { hasMessage, t } from "../i18n/messages";
import { may } from "../state/operator";
import { type ValidityHelp, validityHelp } from "./validity";

/** A start, a template or a waived cooldown that is chosen in the dialog takes these reasons away. */
const IN_DIALOG = new Set(["outside_validity", "recently_invited", "not_renderable"]);

/** A change of the user takes these reasons away. */
const IN_DIRECTORY = new Set(["no_email", "not_active", "not_renderable", "outside_validity"]);

export function canResolveInDialog(reason: string, user: User): boolean {
  const isHelped = reason !== "outside_validity" || validityHelp([user], new Date()) !== "change";
  return IN_DIALOG.has(reason) && isHelped;
}

/** Whether the operator may change in the directory what leaves the user out. */
export function canResolveInDirectory(reason: string): boolean {
  return may.keepDirectory.value && IN_DIRECTORY.has(reason);
}

/** Whether an address may be put right on the screen of the user. */
const mayCorrectAddress = (user: User) => may.resend.value && !user.firstLoginAt;

/** The sentence that says what the operator can do about a reason, or whom to ask: on the screen of a user, or for many. */
export function remedyText(reason: string, user?: User): string | undefined {
  if (reason === "outside_validity")
    return validityRemedyText(validityHelp(user ? [user] : [], new Date()));
  return remedyOf([
    may.isOwner.value && `${reason}_owner`,
    reason === "no_email" && user && mayCorrectAddress(user) && "no_email",
    may.keepDirectory.value && `${reason}_directory`,
    `${reason}_ask`,
    reason,
  ]);
}

/** The sentence that says what helps users outside their validity, or whom to ask. */
export function validityRemedyText(help: ValidityHelp): string | undefined {
  const reason = `validity_${help}`;
  return remedyOf([may.keepDirectory.value && `${reason}_directory`, `${reason}_ask`, reason]);
}

/** The first remedy that has a text. */
function remedyOf(names: (string | false | undefined)[]): string | undefined {
  const keys = names.flatMap(one => (one ? [`user.remedy.${one}`] : []));
  const key = keys.find(hasMessage);
  return key && t(key);
}
