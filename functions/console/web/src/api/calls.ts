/** The calls of the API that the screens make. */

import type { UserFilter } from "../state/filter";
import { type Answer, call, segment } from "./client";
import type {
  AuditEntry,
  Group,
  GroupInScope,
  Mail,
  Me,
  NewResend,
  Preview,
  Recipient,
  Resend,
  Role,
  Schema,
  Settings,
  SuppressedAddress,
  Template,
  User,
  Variable,
} from "./types";

const value = <T>(answer: Answer<T>): T => answer.value;
const get = <T>(
  path: string,
  query?: Record<string, string | number | undefined>,
  signal?: AbortSignal,
) => call<T>({ path, ...(query ? { query } : {}), ...(signal ? { signal } : {}) }).then(value);

/** Where a page begins, and how long it is. */
export interface PageQuery {
  next?: string | undefined;
  limit?: number | undefined;
}

// Directory.

export const readMe = (signal?: AbortSignal) => get<Me>("/v1/me", undefined, signal);

export const listUsers = (filter: UserFilter, page: PageQuery, signal?: AbortSignal) =>
  get<{ users: User[]; next?: string }>("/v1/users", { ...filter, ...page }, signal);

export const countUsers = (filter: UserFilter, signal?: AbortSignal) =>
  get<{ count: number; estimated: boolean }>("/v1/users/count", { ...filter }, signal);

export const readUser = (id: string, signal?: AbortSignal) =>
  get<User>(`/v1/users/${segment(id)}`, undefined, signal);

export const listUserResends = (id: string, page: PageQuery, signal?: AbortSignal) =>
  get<{ resends: Schema["UserResend"][]; next?: string }>(
    `/v1/users/${segment(id)}/resends`,
    { ...page },
    signal,
  );

export const correctAddress = (id: string, email: string) =>
  call<User>({ method: "PATCH", path: `/v1/users/${segment(id)}`, json: { email } }).then(value);

export const putUser = (id: string, user: Record<string, unknown>) =>
  call<User>({ method: "PUT", path: `/v1/users/${segment(id)}`, json: user }).then(value);

export const deleteUser = (id: string) =>
  call<void>({ method: "DELETE", path: `/v1/users/${segment(id)}` });

export const readRoles = (id: string, signal?: AbortSignal) =>
  get<{ roles: Role[]; subject?: string }>(`/v1/users/${segment(id)}/roles`, undefined, signal);

export const putRoles = (id: string, granted: { roles: Role[]; subject?: string | null }) =>
  call<{ roles: Role[]; subject?: string }>({
    method: "PUT",
    path: `/v1/users/${segment(id)}/roles`,
    json: granted,
  }).then(value);

export const unsuppress = (id: string) =>
  call<void>({ method: "POST", path: `/v1/users/${segment(id)}/unsuppress` });

/** One level of the tree: the groups below a parent, or the topmost ones that the operator sees. */
export const listGroups = (parent: string | undefined, page: PageQuery, signal?: AbortSignal) =>
  get<{ groups: GroupInScope[]; next?: string }>(
    "/v1/groups",
    { parent: parent ?? "", limit: 200, ...page },
    signal,
  );

/** All groups in the operator's scope, each before its subgroups. */
export const listAllGroups = (page: PageQuery, signal?: AbortSignal) =>
  get<{ groups: GroupInScope[]; next?: string }>("/v1/groups", { limit: 200, ...page }, signal);

export const readGroup = (id: string, signal?: AbortSignal) =>
  get<Group>(`/v1/groups/${segment(id)}`, undefined, signal);

export const putGroup = (
  id: string,
  group: { name: string; parentId?: string | null; roles?: Role[] | null },
) => call<Group>({ method: "PUT", path: `/v1/groups/${segment(id)}`, json: group }).then(value);

export const deleteGroup = (id: string) =>
  call<void>({ method: "DELETE", path: `/v1/groups/${segment(id)}` });

export interface ImportOptions {
  dryRun: boolean;
  skipErrors: boolean;
  ignoreUnknown: boolean;
  charset?: string | undefined;
}

/** Imports a file. Its bytes go as they are, so that the API reads any encoding. */
export const importUsers = (file: Blob, options: ImportOptions) =>
  call<Schema["Imported"]>({
    method: "POST",
    path: "/v1/users/import",
    query: {
      ...(options.dryRun ? { dryRun: true } : {}),
      ...(options.skipErrors ? { onError: "skip" } : {}),
      ...(options.ignoreUnknown ? { unknownColumns: "ignore" } : {}),
      ...(options.charset ? { charset: options.charset } : {}),
    },
    body: file,
    contentType: "application/octet-stream",
  }).then(value);

export const listSuppressed = (q: string | undefined, page: PageQuery, signal?: AbortSignal) =>
  get<{ suppressed: SuppressedAddress[]; next?: string }>("/v1/suppressed", { q, ...page }, signal);

export const deleteSuppressed = (id: string) =>
  call<void>({ method: "DELETE", path: `/v1/suppressed/${segment(id)}` });

// Resends.

export interface PreviewQuery {
  /** The longest time of the check, in milliseconds. */
  within?: number | undefined;
  next?: string | undefined;
  q?: string | undefined;
}

export const previewResend = (body: NewResend, query: PreviewQuery, signal?: AbortSignal) =>
  call<Preview>({
    method: "POST",
    path: "/v1/resends/preview",
    query: { ...query },
    json: body,
    ...(signal ? { signal } : {}),
  }).then(value);

export const createResend = (body: NewResend, idempotencyKey: string) =>
  call<Resend>({ method: "POST", path: "/v1/resends", json: body, idempotencyKey }).then(value);

/** A resend for one user. Its body has no selection, and may waive the cooldown. */
export const createResendFor = (
  user: string,
  body: Schema["NewResendForOne"],
  idempotencyKey: string,
) =>
  call<Resend>({
    method: "POST",
    path: `/v1/users/${segment(user)}/resend`,
    json: body,
    idempotencyKey,
  }).then(value);

export interface ResendQuery extends PageQuery {
  state?: string | undefined;
  group?: string | undefined;
  createdBy?: string | undefined;
  template?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export const listResends = (query: ResendQuery, signal?: AbortSignal) =>
  get<{ resends: Resend[]; next?: string }>("/v1/resends", { ...query }, signal);

export const readResend = (id: string, signal?: AbortSignal) =>
  get<Resend>(`/v1/resends/${segment(id)}`, undefined, signal);

export const listRecipients = (
  id: string,
  query: PageQuery & { state?: string | undefined },
  signal?: AbortSignal,
) =>
  get<{ recipients: Recipient[]; next?: string }>(
    `/v1/resends/${segment(id)}/recipients`,
    { ...query },
    signal,
  );

export const listExcluded = (id: string, page: PageQuery, signal?: AbortSignal) =>
  get<{ excluded: Schema["Excluded"][]; next?: string }>(
    `/v1/resends/${segment(id)}/excluded`,
    { ...page },
    signal,
  );

export const readRecipient = (id: string, user: string, signal?: AbortSignal) =>
  get<Recipient>(`/v1/resends/${segment(id)}/recipients/${segment(user)}`, undefined, signal);

export const readRecipientMail = (id: string, user: string, signal?: AbortSignal) =>
  get<Mail>(`/v1/resends/${segment(id)}/recipients/${segment(user)}/mail`, undefined, signal);

export const rescheduleResend = (id: string, startAt: string, timeZone: string | undefined) =>
  call<Resend>({
    method: "PATCH",
    path: `/v1/resends/${segment(id)}`,
    json: timeZone ? { startAt, timeZone } : { startAt },
  }).then(value);

export const commandResend = (id: string, command: "cancel" | "pause" | "resume") =>
  call<Resend>({ method: "POST", path: `/v1/resends/${segment(id)}/${command}` }).then(value);

export const retryResend = (id: string, states: string[], idempotencyKey: string) =>
  call<Resend>({
    method: "POST",
    path: `/v1/resends/${segment(id)}/retry`,
    json: { states },
    idempotencyKey,
  }).then(value);

/** What a retry would do. */
export const previewRetry = (id: string, states: string[], signal?: AbortSignal) =>
  call<Preview>({
    method: "POST",
    path: `/v1/resends/${segment(id)}/retry`,
    query: { dryRun: true },
    json: { states },
    ...(signal ? { signal } : {}),
  }).then(value);

// Templates.

/** A template in a list: its languages, without its sources. */
export interface TemplateName {
  id: string;
  name: string;
  version: number;
  languages: string[];
}

export const listTemplateNames = (page: PageQuery, signal?: AbortSignal) =>
  get<{ templates: TemplateName[]; next?: string }>(
    "/v1/templates",
    { fields: "names", limit: 200, ...page },
    signal,
  );

export const readTemplate = (id: string, signal?: AbortSignal) =>
  get<Template>(`/v1/templates/${segment(id)}`, undefined, signal);

export const createTemplate = (template: Schema["NewTemplateFields"], idempotencyKey: string) =>
  call<Schema["WrittenTemplate"]>({
    method: "POST",
    path: "/v1/templates",
    json: template,
    idempotencyKey,
  }).then(value);

/** Stores a template if its version is still the one that the operator has seen. */
export const putTemplate = (id: string, template: Schema["TemplateFields"], version: number) =>
  call<Schema["WrittenTemplate"]>({
    method: "PUT",
    path: `/v1/templates/${segment(id)}`,
    json: template,
    ifMatch: version,
  }).then(value);

export const deleteTemplate = (id: string) =>
  call<void>({ method: "DELETE", path: `/v1/templates/${segment(id)}` });

export const listVariables = (signal?: AbortSignal) =>
  get<Variable[]>("/v1/templates/variables", undefined, signal);

export const previewSource = (source: Schema["SourcePreviewFields"], signal?: AbortSignal) =>
  call<Schema["SourcePreview"]>({
    method: "POST",
    path: "/v1/templates/preview",
    json: source,
    ...(signal ? { signal } : {}),
  }).then(value);

export const previewTemplate = (
  id: string,
  preview: Schema["TemplatePreview"],
  signal?: AbortSignal,
) =>
  call<Schema["SampleMail"]>({
    method: "POST",
    path: `/v1/templates/${segment(id)}/preview`,
    json: preview,
    ...(signal ? { signal } : {}),
  }).then(value);

export const testTemplate = (
  id: string,
  preview: Schema["TemplatePreview"],
  idempotencyKey: string,
) =>
  call<void>({
    method: "POST",
    path: `/v1/templates/${segment(id)}/test`,
    json: preview,
    idempotencyKey,
  });

// Settings and audit.

export const readSettings = (signal?: AbortSignal) =>
  get<Settings>("/v1/settings", undefined, signal);

export const putSettings = (settings: Schema["SettingsFields"], version: number) =>
  call<Settings>({ method: "PUT", path: "/v1/settings", json: settings, ifMatch: version }).then(
    value,
  );

export interface AuditQuery extends PageQuery {
  user?: string | undefined;
  resend?: string | undefined;
  action?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export const listAudit = (query: AuditQuery, signal?: AbortSignal) =>
  get<{ audit: AuditEntry[]; next?: string }>("/v1/audit", { ...query }, signal);
