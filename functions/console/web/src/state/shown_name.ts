import { hasMessage, t } from "../i18n/messages";

interface Named {
  displayName?: string | null | undefined;
  loginId?: string | undefined;
}

/** The name to show of a user. Without a name it is the login id. */
export function shownName(user: Named & { loginId: string }): string {
  return user.displayName || user.loginId;
}

/** The name to show of a user in a list of a resend. Of a deleted user only the id is left. */
export function listedName(user: Named & { userId: string }): string {
  return user.displayName || user.loginId || user.userId;
}

/** The name to show of a template. One that comes with Reinvite is named in the operator's language. */
export function shownTemplateName({ id, name }: { id: string; name: string }): string {
  const key = `builtInTemplate.${id}`;
  return hasMessage(key) ? t(key) : name;
}

/** A name that no other user has: with the login id, if that is not the name. */
export function distinctName(user: Named & { userId: string }): string {
  const shown = listedName(user);
  return user.loginId && user.loginId !== shown
    ? t("format.distinct_name", { name: shown, login: user.loginId })
    : shown;
}
