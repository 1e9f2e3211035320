/** The draft of a resend. One draft makes the body of the preview and the body of the creation. */

import type { NewResend, PasswordChange, Schema } from "../api/types";
import { type Attempt, openAttempt } from "./attempt";
import { filterKey } from "./filter";
import { type Selection, selectionBody } from "./selection";
import { type Start, startBody } from "./start";
import type { MailSource } from "./template_draft";

/** The users of a draft: a selection, or one user. */
export type DraftSource =
  | { kind: "selection"; selection: Selection }
  | { kind: "user"; user: { id: string }; ignoreCooldown?: boolean };

export type EarlierLinks = Schema["EarlierLinks"];
export type NewResendForOne = Schema["NewResendForOne"];

/** The change of one language of the template, for this resend only. */
export interface MailEdit {
  language: string;
  subject: string;
  html: string;
  text?: string;
  /** Takes out what may go. */
  clean?: boolean;
}

/** A creation as it is sent. */
export type CreateRequest =
  | { user: string; body: NewResendForOne }
  | { user?: undefined; body: NewResend };

export interface Draft {
  /** The users that the draft was made for. */
  boundTo: string;
  /** Whether the operator has entered anything. */
  isTouched: boolean;
  /** If absent, that of the settings; so are the password change and the rule for links. */
  templateId?: string | undefined;
  edit?: MailEdit | undefined;
  /** The texts of the template with which the edit began. */
  editBase?: MailSource | undefined;
  note: string;
  start: Start;
  passwordChange?: PasswordChange | undefined;
  passwordChangeByUser: Record<string, PasswordChange>;
  changeForLoggedIn: boolean;
  earlierLinks?: EarlierLinks | undefined;
  /** Leaves out the users whom the template cannot be rendered for. */
  leavesOut: boolean;
  ignoreCooldown: boolean;
  attempt: Attempt<CreateRequest>;
}

/** The settings that a draft takes where it says nothing. */
export interface Defaults {
  defaultTemplateId: string;
  passwordChange: PasswordChange;
  earlierLinks: EarlierLinks;
  notes: boolean;
}

export const NOTE_LENGTH = 1000;

/** Two sources with the same key have the same users. */
export function sourceKey(source: DraftSource): string {
  if (source.kind === "user") return JSON.stringify(["user", source.user.id]);
  const { selection } = source;
  return selection.kind === "users"
    ? JSON.stringify(["users", ...Object.keys(selection.users).sort()])
    : JSON.stringify([
        "filter",
        filterKey(selection.filter),
        ...Object.keys(selection.except).sort(),
      ]);
}

export function newDraft(source: DraftSource, key: string): Draft {
  return {
    boundTo: sourceKey(source),
    isTouched: false,
    note: "",
    start: { kind: "now" },
    passwordChangeByUser: {},
    changeForLoggedIn: false,
    leavesOut: false,
    ignoreCooldown: source.kind === "user" && source.ignoreCooldown === true,
    attempt: openAttempt(key),
  };
}

/** The template that is used. */
export function templateOf(draft: Draft, defaults: Defaults): string {
  return draft.templateId ?? defaults.defaultTemplateId;
}

export function passwordChangeOf(draft: Draft, defaults: Defaults): PasswordChange {
  return draft.passwordChange ?? defaults.passwordChange;
}

export function earlierLinksOf(draft: Draft, defaults: Defaults): EarlierLinks {
  return draft.earlierLinks ?? defaults.earlierLinks;
}

/** The note as it is sent; blanks alone are none. */
export function noteOf(draft: Draft, defaults: Defaults): string | undefined {
  return defaults.notes && draft.note.trim() ? draft.note : undefined;
}

/** The edit that is sent. One that equals the template is none. */
export function editOf({ edit, editBase }: Draft): MailEdit | undefined {
  if (!edit || !editBase || edit.clean) return edit;
  const isSame =
    edit.subject === editBase.subject && edit.html === editBase.html && edit.text === editBase.text;
  return isSame ? undefined : edit;
}

/** Everything of the body but the users. Choices are named, so that settings which change meanwhile change nothing. */
function commonBody(draft: Draft, defaults: Defaults, zones: readonly string[]): NewResendForOne {
  const note = noteOf(draft, defaults);
  const edit = editOf(draft);
  return {
    templateId: templateOf(draft, defaults),
    ...(edit ? { edit } : {}),
    ...startBody(draft.start, zones),
    passwordChange: passwordChangeOf(draft, defaults),
    ...(Object.keys(draft.passwordChangeByUser).length
      ? { passwordChangeByUser: draft.passwordChangeByUser }
      : {}),
    changeForLoggedIn: draft.changeForLoggedIn,
    earlierLinks: earlierLinksOf(draft, defaults),
    ...(note ? { note } : {}),
    ...(draft.leavesOut ? { leaveOut: ["not_renderable"] } : {}),
  };
}

function selectionOfSource(source: DraftSource): NewResend["selection"] {
  if (source.kind === "user") return { userIds: [source.user.id] };
  return selectionBody(source.selection) as NewResend["selection"];
}

/** The body of the preview. A preview of one user knows nothing of the waived cooldown. */
export function previewBody(
  draft: Draft,
  source: DraftSource,
  defaults: Defaults,
  zones: readonly string[],
): NewResend {
  return { selection: selectionOfSource(source), ...commonBody(draft, defaults, zones) };
}

/** The creation that the draft asks for. */
export function createRequest(
  draft: Draft,
  source: DraftSource,
  defaults: Defaults,
  zones: readonly string[],
): CreateRequest {
  const common = commonBody(draft, defaults, zones);
  if (source.kind === "selection") {
    return { body: { selection: selectionOfSource(source), ...common } };
  }
  const waived = draft.ignoreCooldown ? { ignoreCooldown: true } : {};
  return { user: source.user.id, body: { ...common, ...waived } };
}
