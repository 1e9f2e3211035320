import type { User } from "../api/types";

/** The name to show of a user. Without a name it is the login id. */
export function shownName(user: Pick<User, "displayName" | "loginId">): string {
  return user.displayName || user.loginId;
}
