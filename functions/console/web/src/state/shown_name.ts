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
