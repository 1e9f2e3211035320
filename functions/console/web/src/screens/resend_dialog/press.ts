/** The one button of the dialog: when it may be pressed, and what it does. */

import type { Problem } from "../../api/errors";
import { ProblemError } from "../../api/errors";
import { t, tn } from "../../i18n/messages";
import { remedyText } from "../../parts/remedies";
import { isSafeToRepeat } from "../../state/attempt";
import { NOTE_LENGTH } from "../../state/draft";
import type { Creation } from "./creation";
import { editErrors, type Model, mailCount } from "./model";
import { usedChanges } from "./passwords";
import { goToPlace } from "./places";

/** So many mails are sent without a question. */
const MANY = 1000;

/** Whether a request without an answer comes first. */
export function isRepeat({ draft, now }: Model): boolean {
  return draft.attempt.kind === "asked" && isSafeToRepeat(draft.attempt, now);
}

/** Whether the numbers of the button are those of the draft as it is now. */
export function isCurrent({ preview }: Model): boolean {
  return !preview.isBusy.value && preview.answer.value !== undefined;
}

export function hasFieldErrors(model: Model): boolean {
  return fieldProblem(model) !== undefined;
}

/** Whether a press does something. A draft with wrong fields may be pressed: that leads to them. */
export function canPress(model: Model, creation: Creation): boolean {
  if (creation.isRunning.value) return false;
  if (isRepeat(model)) return true;
  if (model.draft.attempt.kind !== "open") return false;
  if (hasFieldErrors(model)) return true;
  return isCurrent(model) && !model.preview.error.value && (mailCount(model) ?? 0) > 0;
}

/** Whether so much depends on the press that one question is asked first. */
export function needsQuestion(model: Model): boolean {
  if (isRepeat(model) || hasFieldErrors(model)) return false;
  return (mailCount(model) ?? 0) > MANY || changesOfLoggedIn(model);
}

/** Whether users who have logged in get other passwords. */
export function changesOfLoggedIn(model: Model): boolean {
  return model.draft.changeForLoggedIn && usedChanges(model).some(change => change !== "keep");
}

/** Creates the resend, or shows what must be put right first. */
export async function press(model: Model, creation: Creation): Promise<void> {
  const problem = isRepeat(model) ? undefined : fieldProblem(model);
  if (problem) {
    // Errors of the mail stand above its editor: a single way to them needs no summary.
    const [only, ...others] = problem.errors;
    if (only?.pointer?.startsWith("/edit") && others.length === 0) goToPlace(model, only);
    else creation.error.value = problem;
    return;
  }
  await creation.create(model);
}

/** The errors of the draft that are known before it is sent, as the API would tell them. */
function fieldProblem({ start, draft, preview, source }: Model): ProblemError | undefined {
  const error = preview.error.value;
  const told = error instanceof ProblemError && error.status === 422 ? error.errors : [];
  const ofMail = draft.edit ? editErrors(error) : [];
  const errors = told.filter(one => !ofMail.includes(one));
  // The editor lists them one by one.
  const [first] = ofMail;
  if (first)
    errors.push({ ...first, detail: tn("editor.count", ofMail.length), rule: "" as never });
  const add = (pointer: string, detail: string) => {
    // A rule without a message is told by its detail.
    if (!errors.some(one => one.pointer === pointer))
      errors.push({ pointer, detail, rule: "" as never });
  };

  if (start.kind === "incomplete") add("/startAt", t("start.incomplete"));
  if (start.kind === "past") add("/startAt", t("start.past"));
  if (start.kind === "too_far") add("/startAt", t("start.too_far"));
  if (start.kind === "skipped") add("/startAt", t("start.skipped", { zone: start.zone }));
  if (start.kind === "unknown_zone") add("/timeZone", t("start.unknown_zone"));
  if ([...draft.note].length > NOTE_LENGTH)
    add("/note", t("dialog.note_limit", { max: NOTE_LENGTH }));

  const counts = preview.answer.value?.preview.counts.byReason;
  const isListed = source.kind === "user" || source.selection.kind === "users";
  if (isListed && (counts?.not_renderable ?? 0) > 0 && !draft.leavesOut)
    add("/leaveOut", remedyText("not_renderable") ?? "");

  if (errors.length === 0) return undefined;
  const problem: Problem = {
    type: "/problems/invalid",
    title: "",
    status: 422,
    detail: "",
    errors,
  };
  return new ProblemError(422, problem);
}
