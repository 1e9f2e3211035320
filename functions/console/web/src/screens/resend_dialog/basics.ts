/** Settings and templates, which the dialog needs before it can show anything. */

import { listTemplateNames, readSettings, type TemplateName } from "../../api/calls";
import type { Settings } from "../../api/types";
import { useResource } from "../../state/resource";

export interface Basics {
  settings: Settings;
  templates: TemplateName[];
}

/** The last answer. The dialog opens with it, and brings it up to date meanwhile. */
let last: Basics | undefined;

/** Asks for them before the dialog opens, so that it shows its numbers sooner. If that fails, the dialog asks again. */
export function preloadBasics(): void {
  if (!last) void loadBasics().catch(() => {});
}

export function useBasics() {
  return useResource("basics", loadBasics, last);
}

async function loadBasics(aborted?: AbortSignal): Promise<Basics> {
  const [settings, templates] = await Promise.all([
    readSettings(aborted),
    listEveryTemplate(aborted),
  ]);
  const loaded = { settings, templates };
  if (JSON.stringify(loaded) !== JSON.stringify(last)) last = loaded;
  return last as Basics;
}

async function listEveryTemplate(aborted?: AbortSignal): Promise<TemplateName[]> {
  const found: TemplateName[] = [];
  let next: string | undefined;
  do {
    const page = await listTemplateNames({ next }, aborted);
    found.push(...page.templates);
    next = page.next;
  } while (next);
  return found;
}
