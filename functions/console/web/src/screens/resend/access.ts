/** Whether the operator may steer a resend, as far as the page knows. The API decides. */

import type { Resend } from "../../api/types";
import { knownGroups } from "../../state/names";
import { may, me } from "../../state/operator";

export function maySteer(resend: Resend): boolean {
  if (may.isOwner.value) return true;
  if (!may.resend.value) return false;
  if (!resend.groupId) return resend.createdBy === me.value?.user.id;
  const group = knownGroups.value.get(resend.groupId);
  return group === undefined || group.access === "edit";
}
