/** Creates the resend of a draft, once, whatever becomes of the answer. */

import { type Signal, signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { createResend, createResendFor } from "../../api/calls";
import { type ApiError, NoAnswerError, ProblemError } from "../../api/errors";
import type { Resend } from "../../api/types";
import { type Asked, ask, isChangedSince, openAttempt, refused } from "../../state/attempt";
import { type CreateRequest, createRequest } from "../../state/draft";
import { endDraft, setAttempt } from "../../state/draft_store";
import { apiError } from "../../state/resource";
import { ZONES } from "../../state/start";
import type { Model } from "./model";

export interface Creation {
  isRunning: Signal<boolean>;
  error: Signal<ApiError | undefined>;
  /** A resend that an earlier press made, before the draft was changed. */
  madeBefore: Signal<Resend | undefined>;
  create: (model: Model) => Promise<void>;
}

function send({ request, key }: Asked<CreateRequest>): Promise<Resend> {
  return request.user === undefined
    ? createResend(request.body, key)
    : createResendFor(request.user, request.body, key);
}

export function requestOf({ draft, source, settings }: Model): CreateRequest {
  return createRequest(draft, source, settings, ZONES);
}

/** The creation of the dialog's draft. */
export function useCreation(onCreated: (resend: Resend) => void): Creation {
  return useMemo(() => makeCreation(onCreated), []);
}

function makeCreation(onCreated: (resend: Resend) => void): Creation {
  const isRunning = signal(false);
  const error = signal<ApiError | undefined>(undefined);
  const madeBefore = signal<Resend | undefined>(undefined);

  const create = async (model: Model) => {
    if (isRunning.value) return;
    const request = requestOf(model);
    const asked = ask(model.draft.attempt, request, new Date());
    if (!asked) return;

    const isOther = isChangedSince(asked, request);
    isRunning.value = true;
    error.value = undefined;
    // Before it is sent: after a reload the same request must be the first one.
    setAttempt(asked);
    try {
      const resend = await send(asked);
      if (isOther) madeBefore.value = resend;
      else onCreated(resend);
      endDraft();
    } catch (caught) {
      error.value = apiError(caught);
      if (error.value instanceof ProblemError) setAttempt(refused(asked, error.value.kind));
      else if (!(error.value instanceof NoAnswerError)) setAttempt(openAttempt(asked.key));
    }
    isRunning.value = false;
  };
  return { isRunning, error, madeBefore, create };
}
