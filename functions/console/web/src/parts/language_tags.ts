/** The languages that a field suggests. */

import { computed } from "@preact/signals";
import { knownTemplates } from "../state/names";

/** The languages of the screens, and those that the templates have. */
export const languageTags = computed(() => [
  ...new Set(["en", "ja", ...[...knownTemplates.value.values()].flatMap(one => one.languages)]),
]);
