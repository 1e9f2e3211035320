/** The settings as a form holds them: texts, and whether notes are on. */

import type { Schema, Settings } from "../../api/types";
import { formatNumber } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { plainAddress } from "../../parts/email";

export type NumberName =
  | "linkValidHours"
  | "temporaryValidHours"
  | "cooldownMinutes"
  | "dailyRecipients"
  | "bouncePausePercent";
export type TextName =
  | "senderName"
  | "replyTo"
  | "loginUrl"
  | "language"
  | "timeZone"
  | "defaultTemplateId";
export type ChoiceName = "passwordChange" | "earlierLinks" | "onDoubt";
export type SettingName = NumberName | TextName | ChoiceName | "notes";

export type SettingsForm = Record<NumberName | TextName | ChoiceName, string> & { notes: boolean };

/** The least and the most of each number. */
export const RANGES: Record<NumberName, [number, number]> = {
  linkValidHours: [1, 8760],
  temporaryValidHours: [1, 720],
  cooldownMinutes: [0, 43_200],
  dailyRecipients: [1, 10_000_000],
  bouncePausePercent: [1, 100],
};

const TEXTS: TextName[] = [
  "senderName",
  "replyTo",
  "loginUrl",
  "language",
  "timeZone",
  "defaultTemplateId",
];
const CHOICES: ChoiceName[] = ["passwordChange", "earlierLinks", "onDoubt"];
const NUMBERS = Object.keys(RANGES) as NumberName[];

export function formOf(settings: Settings): SettingsForm {
  const texts = [...TEXTS, ...CHOICES, ...NUMBERS].map(one => [one, String(settings[one] ?? "")]);
  return { ...Object.fromEntries(texts), notes: settings.notes };
}

/** A number as a person enters it; a text that is none goes to the API, which says what is wrong. */
function numberOf(text: string): number {
  const plain = text.normalize("NFKC").replace(/[\s,]/g, "");
  return (plain === "" || Number.isNaN(Number(plain)) ? text : Number(plain)) as number;
}

/** The body of a request that stores the form. An empty text clears a setting. */
export function fieldsOf(form: SettingsForm): Schema["SettingsFields"] {
  const texts = [...TEXTS, ...CHOICES].map(one => [
    one,
    (one === "replyTo" ? plainAddress(form[one]) : form[one].trim()) || null,
  ]);
  const numbers = NUMBERS.map(one => [one, form[one].trim() ? numberOf(form[one]) : null]);
  return { ...Object.fromEntries([...texts, ...numbers]), notes: form.notes };
}

/** The value of a setting as a reader reads it. */
export function settingText(form: SettingsForm, setting: SettingName): string {
  if (setting === "notes") return t(form.notes ? "common.yes" : "common.no");
  const value = form[setting];
  if (CHOICES.includes(setting as ChoiceName)) return name(setting, value);
  if (setting in RANGES && value !== "") return formatNumber(Number(value));
  return value;
}

/** The name of a setting. */
export function settingLabel(setting: string): string {
  return name("settings.field", setting);
}
