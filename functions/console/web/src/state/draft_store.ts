/** The one draft of this tab. It survives a reload, and ends when its resend is made or when it is discarded. */

import type { Asked } from "./attempt";
import { type CreateRequest, type Draft, type DraftSource, newDraft, sourceKey } from "./draft";
import { persisted } from "./persisted";

export const draft = persisted<Draft | undefined>("resend-draft", undefined);

/** A creation without an answer whose draft has given way to another one. */
export const unanswered = persisted<Asked<CreateRequest> | undefined>(
  "resend-unanswered",
  undefined,
);

function start(source: DraftSource): void {
  if (draft.value?.attempt.kind === "asked") unanswered.value = draft.value.attempt;
  draft.value = newDraft(source, crypto.randomUUID());
}

/** Opens the draft that was kept for these users, or a new one. */
export function openDraft(source: DraftSource): void {
  const kept = draft.value;
  if (kept?.boundTo !== sourceKey(source)) {
    start(source);
    return;
  }
  const isAsked = source.kind === "user" && source.ignoreCooldown === true;
  // A draft without any input is as good as a new one. What was entered stays, and a waived cooldown is added to it.
  const ignoreCooldown = isAsked || (kept.isTouched && kept.ignoreCooldown);
  if (kept.attempt.kind === "open") draft.value = { ...kept, ignoreCooldown };
}

export function changeDraft(changes: Partial<Omit<Draft, "attempt" | "boundTo">>): void {
  if (draft.value) draft.value = { ...draft.value, isTouched: true, ...changes };
}

export function setAttempt(attempt: Draft["attempt"]): void {
  if (draft.value) draft.value = { ...draft.value, attempt };
}

/** Discards the draft, and begins again for the same users with another key. */
export function discardDraft(source: DraftSource): void {
  start(source);
}

export function endDraft(): void {
  draft.value = undefined;
}
