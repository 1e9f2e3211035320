/** Calls of the public API, and how they fail. */

import { authorization, renewed } from "../session/session";
import { type ApiError, NoAnswerError, type Problem, ProblemError, SignedOutError } from "./errors";

export interface Request {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  json?: unknown;
  /** A body that is not JSON, with its type. */
  body?: Blob | string;
  contentType?: string;
  accept?: string;
  /** Makes a repeated request safe. */
  idempotencyKey?: string;
  ifMatch?: number | "*";
  ifNoneMatch?: "*";
  signal?: AbortSignal;
}

export interface Answer<T> {
  status: number;
  value: T;
  headers: Headers;
}

/** A limit after which a request counts as not answered. API Gateway answers within 30 seconds. */
const TIMEOUT = 40_000;

/** The address of a request. Ids of paths must be encoded by `segment`. */
export function address(request: Pick<Request, "path" | "query">): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${request.path}?${text}` : request.path;
}

/** An id as a part of a path. */
export function segment(id: string): string {
  return encodeURIComponent(id);
}

function headersOf(request: Request, token: string): Headers {
  const headers = new Headers({ Authorization: `Bearer ${token}` });
  if (request.json !== undefined) headers.set("Content-Type", "application/json");
  if (request.contentType) headers.set("Content-Type", request.contentType);
  if (request.accept) headers.set("Accept", request.accept);
  if (request.idempotencyKey) headers.set("Idempotency-Key", request.idempotencyKey);
  if (request.ifMatch !== undefined) {
    headers.set("If-Match", request.ifMatch === "*" ? "*" : `"${request.ifMatch}"`);
  }
  if (request.ifNoneMatch) headers.set("If-None-Match", request.ifNoneMatch);
  return headers;
}

async function send(request: Request, token: string): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  const init: RequestInit = {
    method: request.method ?? "GET",
    headers: headersOf(request, token),
    signal,
  };
  if (request.json !== undefined) init.body = JSON.stringify(request.json);
  if (request.body !== undefined) init.body = request.body;

  try {
    return await fetch(address(request), init);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new NoAnswerError("no answer", { cause: error });
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const type = response.headers.get("Content-Type") ?? "";
  const retryAfter = Number(response.headers.get("Retry-After"));
  const retryAt = retryAfter > 0 ? new Date(Date.now() + retryAfter * 1000) : undefined;

  if (type.startsWith("application/problem+json")) {
    const problem: Problem | undefined = await response.json().catch(() => undefined);
    if (problem && response.status < 500)
      return new ProblemError(response.status, problem, retryAt);
  }
  if (response.status === 413 || response.status === 429) {
    const [name, title] =
      response.status === 413
        ? ["too-large", "Too large"]
        : ["too-many-requests", "Too many requests"];
    const made = {
      type: `/problems/${name}`,
      title,
      status: response.status,
      detail: title,
    } as Problem;
    return new ProblemError(response.status, made, retryAt);
  }
  return new NoAnswerError(`status ${response.status}`);
}

/** The response to a request. A token that the API refuses is renewed once. */
async function fetchAnswer(request: Request): Promise<Response> {
  const token = await authorization();
  let response = await send(request, token);
  if (response.status === 401) response = await send(request, await renewed(token));
  if (response.status === 401) throw new SignedOutError("signed out");
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** The JSON answer to a request; `undefined` where the answer has no body. */
export async function call<T>(request: Request): Promise<Answer<T>> {
  const response = await fetchAnswer(request);
  const { status, headers } = response;
  if (status === 204) return { status, headers, value: undefined as T };
  try {
    return { status, headers, value: (await response.json()) as T };
  } catch (error) {
    throw new NoAnswerError("the answer was cut off", { cause: error });
  }
}

/** The text answer to a request, such as CSV. */
export async function callText(request: Request): Promise<Answer<string>> {
  const response = await fetchAnswer(request);
  return { status: response.status, headers: response.headers, value: await response.text() };
}
