/** Reasons for which a user is left out, and whether the resend dialog can still help. */

import { hasMessage, t } from "../../i18n/messages";
import { may } from "../../state/operator";

/** A start, a template or a waived cooldown that is chosen in the dialog takes these reasons away. */
const IN_DIALOG = new Set(["outside_validity", "recently_invited", "not_renderable"]);

export function canResolveInDialog(reason: string): boolean {
  return IN_DIALOG.has(reason);
}

/** The sentence that says what can be done about a reason. */
export function remedyText(reason: string): string | undefined {
  const ownKey = `user.remedy.${reason}_owner`;
  const key = may.isOwner.value && hasMessage(ownKey) ? ownKey : `user.remedy.${reason}`;
  return hasMessage(key) ? t(key) : undefined;
}
