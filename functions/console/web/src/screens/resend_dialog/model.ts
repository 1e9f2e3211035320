/** The state of the dialog that its sections share. */

import { type ReadonlySignal, type Signal, signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { TemplateName } from "../../api/calls";
import { type ApiError, type FieldError, ProblemError } from "../../api/errors";
import type { NewResend, PasswordChange, Settings } from "../../api/types";
import type { ShownPart } from "../../parts/mail_preview";
import {
  type Draft,
  type DraftSource,
  passwordChangeOf,
  previewBody,
  templateOf,
} from "../../state/draft";
import { changeDraft } from "../../state/draft_store";
import { checkStart, type StartCheck, ZONES } from "../../state/start";
import type { Basics } from "./basics";
import { type LivePreview, usePreview } from "./preview";
import type { Source } from "./source";

export interface Model {
  source: Source;
  draft: Draft;
  change: typeof changeDraft;
  settings: Settings;
  templates: TemplateName[];
  templateId: string;
  passwordChange: PasswordChange;
  start: StartCheck;
  /** Whether a field of the start is being typed in. */
  isTyping: Signal<boolean>;
  now: Date;
  /** The request for the preview; `undefined` while the start is not complete. */
  body: NewResend | undefined;
  preview: LivePreview;
  /** The recipient whose mail is shown. */
  shownUser: Signal<string | undefined>;
  /** The part of the mail that is edited. */
  editedPart: Signal<ShownPart>;
  /** The place in the changed mail that an error leads to. */
  goToEdit: Signal<EditPlace | undefined>;
}

export interface EditPlace {
  pointer: string;
  line?: number | undefined;
  column?: number | undefined;
}

/** Whether the one user is excluded by a cooldown that the draft waives. The preview knows nothing of that. */
export function isWaived({ preview, draft, source }: Model): boolean {
  const reasons = preview.answer.value?.preview.counts.byReason;
  return source.kind === "user" && draft.ignoreCooldown && reasons?.recently_invited === 1;
}

/** The errors of the changed mail among those of a preview. */
export function editErrors(error: ApiError | undefined): FieldError[] {
  if (!(error instanceof ProblemError)) return [];
  return error.errors.filter(({ pointer }) => pointer?.startsWith("/edit"));
}

/** The number of mails that the draft sends; `undefined` until the first answer. */
export function mailCount(model: Model): number | undefined {
  if (isWaived(model)) return 1;
  return model.preview.answer.value?.preview.counts.eligible;
}

/** The clock of the dialog: it moves every half minute, and whenever the draft changes. */
function useNow(draft: Draft): Date {
  const tick: Signal<number> = useMemo(() => signal(0), []);
  useEffect(() => {
    const timer = setInterval(() => {
      tick.value += 1;
    }, 30_000);
    return () => clearInterval(timer);
  }, []);
  return useMemo(() => new Date(), [tick.value, draft]);
}

export function useModel(
  source: Source,
  kept: ReadonlySignal<Draft | undefined>,
  { settings, templates }: Basics,
): Model {
  const draft = kept.value as Draft;
  const now = useNow(draft);
  const start = checkStart(draft.start, now, ZONES);
  const isComplete = start.kind === "now" || start.kind === "at";
  const body = isComplete ? previewBody(draft, source as DraftSource, settings, ZONES) : undefined;
  const isTyping = useSignal(false);
  const shownUser = useMemo(() => signal<string | undefined>(undefined), []);
  const editedPart = useMemo(() => signal<ShownPart>("html"), []);
  const goToEdit = useMemo(() => signal<EditPlace | undefined>(undefined), []);
  return {
    source,
    draft,
    change: changeDraft,
    settings,
    templates,
    templateId: templateOf(draft, settings),
    passwordChange: passwordChangeOf(draft, settings),
    start,
    isTyping,
    now,
    body,
    preview: usePreview(body),
    shownUser,
    editedPart,
    goToEdit,
  };
}
