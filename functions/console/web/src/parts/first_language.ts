/** The language of a template that an operator most likely wants to see or edit. */

import { language, locale } from "../i18n/messages";
import { me } from "../state/operator";

/** The language that a template opens with: that of the screens, or else the organisation's. */
export function firstLanguage(languages: string[]): string {
  const organisation = me.value?.organisation.language ?? "";
  return presetLanguage(languages, [locale.value, language.value, organisation]);
}

/**
 * The first of the wanted languages that a template has, such as `en` for `en-GB`; the template's first language if it has
 * none of them.
 */
export function presetLanguage(languages: string[], wanted: string[]): string {
  for (const tag of wanted) {
    const found =
      languages.find(one => one.toLowerCase() === tag.toLowerCase()) ??
      languages.find(one => primary(one) === primary(tag));
    if (found) return found;
  }
  return languages[0] ?? "";
}

const primary = (tag: string) => tag.toLowerCase().split("-")[0];
