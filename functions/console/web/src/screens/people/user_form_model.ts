/** A user as a form holds them. */

import type { User } from "../../api/types";
import { plainAddress } from "../../parts/email";

export interface UserForm {
  loginId: string;
  displayName: string;
  email: string;
  status: User["status"];
  language: string;
  timeZone: string;
  /** Local times of the organisation's zone, to the minute. */
  validFrom: string;
  validUntil: string;
  groups: User["groups"];
  attributes: { name: string; value: string }[];
}

/** An instant as the browser's field takes it, in a zone. */
function localTime(instant: string | undefined, timeZone: string): string {
  if (!instant) return "";
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(new Date(instant));
  const part = (type: string) => parts.find(one => one.type === type)?.value ?? "";
  const year = part("year").padStart(4, "0");
  return `${year}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** The form of a user; of a new one, if there is none. */
export function formOf(user: User | undefined, timeZone: string): UserForm {
  return {
    loginId: user?.loginId ?? "",
    displayName: user?.displayName ?? "",
    email: user?.email ?? "",
    status: user?.status ?? "active",
    language: user?.language ?? "",
    timeZone: user?.timeZone ?? "",
    validFrom: localTime(user?.validFrom, timeZone),
    validUntil: localTime(user?.validUntil, timeZone),
    groups: user?.groups ?? [],
    attributes: Object.entries(user?.attributes ?? {}).map(([name, value]) => ({ name, value })),
  };
}

/**
 * The body of a request that stores the form: the user as they were read, with the fields of the form. A time that was not
 * changed stays to the second.
 */
export function bodyOf(
  user: User | undefined,
  form: UserForm,
  timeZone: string,
): Record<string, unknown> {
  const before = formOf(user, timeZone);
  const time = (field: "validFrom" | "validUntil") =>
    form[field] === before[field] ? (user?.[field] ?? null) : form[field] || null;
  const attributes = form.attributes
    .filter(({ name, value }) => name.trim() && value.trim())
    .map(({ name, value }) => [name.trim(), value.trim()]);
  return {
    ...user,
    loginId: form.loginId.trim(),
    displayName: form.displayName.trim() || null,
    email: plainAddress(form.email) || null,
    status: form.status,
    language: form.language.trim() || null,
    timeZone: form.timeZone.trim() || null,
    validFrom: time("validFrom"),
    validUntil: time("validUntil"),
    groups: form.groups.map(group => group.id),
    attributes: Object.fromEntries(attributes),
  };
}
