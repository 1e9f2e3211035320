/** The address: every screen, filter, page, tab and open resend lives in it. */

import { computed, signal } from "@preact/signals";

const current = signal(new URL(location.href));
addEventListener("popstate", () => {
  current.value = new URL(location.href);
});

export const path = computed(() => current.value.pathname);
export const query = computed(() => current.value.searchParams);

/** A value of the query, or `undefined`. */
export function parameter(name: string): string | undefined {
  return query.value.get(name) ?? undefined;
}

/** Goes to another address of the app. */
export function navigate(href: string, options: { replace?: boolean } = {}): void {
  const next = new URL(href, location.origin);
  if (options.replace) history.replaceState(null, "", next);
  else history.pushState(null, "", next);
  current.value = next;
}

/** Reads the address again, after something else has changed it. */
export function readAddress(): void {
  current.value = new URL(location.href);
}

/** The present address with other values of the query; `undefined` takes a value away. */
export function withParameters(changes: Record<string, string | undefined>): string {
  const next = new URL(current.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  return next.pathname + next.search;
}

export function setParameters(
  changes: Record<string, string | undefined>,
  options: { replace?: boolean } = {},
): void {
  navigate(withParameters(changes), options);
}

const id = (value: string) => encodeURIComponent(value);

/** The addresses of the screens. */
export const to = {
  users: () => "/",
  group: (group: string) => `/console/groups/${id(group)}`,
  user: (user: string) => `/console/users/${id(user)}`,
  resends: () => "/console/resends",
  resend: (resend: string) => `/console/resends/${id(resend)}`,
  people: () => "/console/people",
  templates: () => "/console/templates",
  template: (template: string) => `/console/templates/${id(template)}`,
  import: () => "/console/import",
  settings: () => "/console/settings",
  audit: () => "/console/audit",
  suppressed: () => "/console/suppressed",
};

/** The screen of an address, and the id that it names. */
export interface Route {
  screen: keyof typeof to | "unknown";
  id?: string;
}

export const route = computed<Route>(() => {
  const parts = path.value.split("/").filter(Boolean);
  if (parts.length === 0) return { screen: "users" };

  const [root, screen, encoded, ...rest] = parts;
  if (root !== "console" || !screen || rest.length > 0) return { screen: "unknown" };
  const found = encoded === undefined ? undefined : decode(encoded);
  if (found !== undefined) {
    const singular = {
      groups: "group",
      users: "user",
      resends: "resend",
      templates: "template",
    } as const;
    if (screen in singular) return { screen: singular[screen as keyof typeof singular], id: found };
    return { screen: "unknown" };
  }
  const plural = [
    "resends",
    "people",
    "templates",
    "import",
    "settings",
    "audit",
    "suppressed",
  ] as const;
  const name = plural.find(known => known === screen);
  return { screen: name ?? "unknown" };
});

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
