/** Settings and templates, which the dialog needs before it can show anything. */

import { listTemplateNames, readSettings, type TemplateName } from "../../api/calls";
import type { Settings } from "../../api/types";
import { useResource } from "../../state/resource";

export interface Basics {
  settings: Settings;
  templates: TemplateName[];
}

/** The last answer, and when it came. A younger one than a minute is used again. */
let last: { basics: Basics; at: number } | undefined;
const YOUNG = 60_000;

/** Asks for them before the dialog opens, so that it shows its numbers sooner. If that fails, the dialog asks again. */
export function preloadBasics(): void {
  void loadBasics().catch(() => {});
}

export function useBasics() {
  return useResource("basics", loadBasics, young());
}

function young(): Basics | undefined {
  return last && performance.now() - last.at < YOUNG ? last.basics : undefined;
}

async function loadBasics(aborted?: AbortSignal): Promise<Basics> {
  const known = young();
  if (known) return known;

  const [settings, templates] = await Promise.all([
    readSettings(aborted),
    listEveryTemplate(aborted),
  ]);
  const basics = { settings, templates };
  last = { basics, at: performance.now() };
  return basics;
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
