/** Settings and templates, which the dialog needs before it can show anything. */

import { listTemplateNames, readSettings, type TemplateName } from "../../api/calls";
import type { Settings } from "../../api/types";
import { useResource } from "../../state/resource";

export interface Basics {
  settings: Settings;
  templates: TemplateName[];
}

/** What was asked for before the dialog opened, and when it came. The dialog opens with it for a minute. */
let preloaded: { basics: Basics; at: number } | undefined;
const YOUNG = 60_000;

/**
 * Asks for them anew when a screen leads to the dialog, so that it shows its numbers sooner and knows what was changed on other
 * screens. If that fails, the dialog asks again.
 */
export function preloadBasics(): void {
  preloaded = undefined;
  loadBasics().then(
    basics => {
      preloaded = { basics, at: performance.now() };
    },
    () => {},
  );
}

export function useBasics() {
  return useResource("basics", async aborted => young() ?? loadBasics(aborted), young());
}

function young(): Basics | undefined {
  return preloaded && performance.now() - preloaded.at < YOUNG ? preloaded.basics : undefined;
}

async function loadBasics(aborted?: AbortSignal): Promise<Basics> {
  const [settings, templates] = await Promise.all([
    readSettings(aborted),
    listEveryTemplate(aborted),
  ]);
  return { settings, templates };
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
