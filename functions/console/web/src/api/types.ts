/** The things of the API, as `openapi.yaml` describes them. */

import type { components } from "./schema";

export type Schema = components["schemas"];
export type User = Schema["User"];
export type Role = Schema["Role"];
export type Group = Schema["Group"];
export type GroupInScope = Schema["GroupInScope"];
export type Me = Schema["Me"];
export type Status = Schema["Status"];
export type PasswordChange = Schema["PasswordChange"];
/** The figures of a resend at an instant. */
export interface ProgressSample {
  at: string;
  sent: number;
  delivered: number;
  failed: number;
  skipped: number;
}
export type Resend = Schema["Resend"] & {
  createdByName?: string;
  responsibleName?: string;
  progress?: ProgressSample[];
};
export type ResendState = Schema["ResendState"];
export type RecipientState = Schema["RecipientState"];
export type Recipient = Schema["Recipient"];
export type Preview = Schema["Preview"];
export type Template = Schema["Template"];
export type Variant = Schema["Variant"];
export type Variable = Schema["Variable"];
export type Settings = Schema["Settings"];
export type AuditEntry = Schema["AuditEntry"];
export type SuppressedAddress = Schema["SuppressedAddress"];
export type Mail = Schema["Mail"];
export type Filter = Schema["Filter"];
export type NewResend = Schema["NewResend"];
export type Finding = Schema["Finding"];
export type Notice = Schema["Notice"];
