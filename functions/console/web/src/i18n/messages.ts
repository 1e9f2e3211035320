/** The texts of the screens in the operator's language. No text stands anywhere else. */

import { batch, computed, signal } from "@preact/signals";
import type english from "./en.json";
import { formatter } from "./formatters";

export type MessageKey = keyof typeof english;
export type UiLanguage = "en" | "ja";
export type Values = Record<string, string | number>;
type Messages = Record<MessageKey, string>;

/** Only the language that is shown is loaded. Both have the same keys, as a test compares. */
const LOADERS: Record<UiLanguage, () => Promise<{ default: Messages }>> = {
  en: () => import("./en.json", { with: { type: "json" } }),
  ja: () => import("./ja.json", { with: { type: "json" } }),
};
const STORED = "reinvite.language";

function initial(): UiLanguage {
  const stored = localStorage.getItem(STORED);
  if (stored === "en" || stored === "ja") return stored;
  return navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en";
}

/** The language of the screens. */
export const language = signal<UiLanguage>(initial());

const messages = signal<Messages>((await LOADERS[language.value]()).default);

/** The locale for dates and numbers: the browser's, if it is of the language of the screens. */
export const locale = computed(
  () =>
    navigator.languages.find(tag => tag.toLowerCase().split("-")[0] === language.value) ??
    language.value,
);

/** Shows the screens in another language, once its texts are there. */
export async function setLanguage(chosen: UiLanguage): Promise<void> {
  const { default: loaded } = await LOADERS[chosen]();
  localStorage.setItem(STORED, chosen);
  batch(() => {
    messages.value = loaded;
    language.value = chosen;
  });
}

/** Whether a text with this key exists: keys of rules, reasons and states are made of names that the API answers. */
export function hasMessage(key: string): key is MessageKey {
  return Object.hasOwn(messages.value, key);
}

/** The names of the values that the text of a key holds. */
export function marksOf(key: MessageKey): string[] {
  return [...messages.value[key].matchAll(/\{(\w+)\}/g)].map(mark => mark[1] as string);
}

/** The text of a key, with `{name}` replaced by the values. Of texts for a number of things, `tn` chooses one. */
export function t(key: MessageKey, values: Values = {}): string {
  const text = messages.value[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (mark, name: string) => {
    const value = values[name];
    if (value === undefined) return mark;
    return typeof value === "number"
      ? formatter(Intl.NumberFormat, locale.value).format(value)
      : value;
  });
}

type CountKey = {
  [K in MessageKey]: K extends `${infer Stem}.other` ? Stem : never;
}[MessageKey];

/** The text for a number of things: of the keys `STEM.one` and `STEM.other`. `{count}` is the number. */
export function tn(stem: CountKey, count: number, values: Values = {}): string {
  const form = formatter(Intl.PluralRules, language.value).select(count);
  const key = `${stem}.${form}`;
  return t(hasMessage(key) ? key : (`${stem}.other` as MessageKey), { ...values, count });
}

/** The text for a name that the API answers, such as a reason; the name itself if it is new. */
export function name(kind: string, value: string): string {
  const key = `${kind}.${value}`;
  return hasMessage(key) ? t(key) : value;
}
