/** The operator who is signed in, and what they may do. */

import { computed, signal } from "@preact/signals";
import type { Me, PasswordChange } from "../api/types";

export const me = signal<Me | undefined>(undefined);

/** The organisation's time zone. */
export const organisationZone = computed(() => me.value?.organisation.timeZone ?? "UTC");

const holds = (role: string) => me.value?.roles.some(held => held.role === role) ?? false;

/** Invites users of at least one group. */
const editsUsers = computed(
  () =>
    holds("owner") ||
    (me.value?.roles.some(role => role.role === "group_manager" && role.access === "edit") ??
      false),
);
const editsTemplates = computed(() => holds("template_manager") || holds("owner"));
const changesSettings = computed(() => holds("settings_manager") || holds("owner"));

/** What the operator's roles allow. The API decides again at each request. */
export const may = {
  /** Sees users. */
  readUsers: computed(() => holds("group_manager") || holds("directory_manager") || holds("owner")),
  listGroups: computed(() => holds("group_manager") || holds("owner")),
  resend: editsUsers,
  editTemplates: editsTemplates,
  readTemplates: computed(() => editsUsers.value || editsTemplates.value),
  changeSettings: changesSettings,
  readSettings: computed(() => editsUsers.value || changesSettings.value),
  readAudit: changesSettings,
  keepDirectory: computed(() => holds("directory_manager") || holds("owner")),
  isOwner: computed(() => holds("owner")),
};

/** The password changes that this deployment allows. */
export const passwordChanges = computed<PasswordChange[]>(
  () => me.value?.passwordChanges ?? ["keep"],
);
