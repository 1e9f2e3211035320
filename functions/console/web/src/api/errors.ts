/** How a call of the API fails. */

import type { Schema } from "./types";

export type Problem = Schema["Problem"];
export type FieldError = Schema["FieldError"];

/** The API refused the request, and says why. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** When a refused request may be repeated. */
    readonly retryAt?: Date,
  ) {
    super(problem.detail);
  }

  /** The name of the problem, such as `conflict`. */
  get kind(): string {
    return this.problem.type.slice(this.problem.type.lastIndexOf("/") + 1);
  }

  get errors(): FieldError[] {
    return this.problem.errors ?? [];
  }
}

/** There was no answer, or none of the API's own: the request may have been carried out. */
export class NoAnswerError extends Error {}

/** The operator must sign in again. */
export class SignedOutError extends Error {}

export type ApiError = ProblemError | NoAnswerError | SignedOutError;
