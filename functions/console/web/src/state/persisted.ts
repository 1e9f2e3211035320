/** Signals that outlive a reload: mirrored to `sessionStorage`, apart for each organisation and operator. */

import { effect, type Signal, signal } from "@preact/signals";

interface Registered {
  name: string;
  initial: unknown;
  value: Signal<unknown>;
}

const registered: Registered[] = [];
let prefix: string | undefined;

/** A signal whose value outlives a reload of the tab, and ends with sign-out. */
export function persisted<T>(name: string, initial: T): Signal<T> {
  const value = signal<T>(initial);
  const entry: Registered = { name, initial, value: value as Signal<unknown> };
  registered.push(entry);
  if (prefix) attach(entry);
  return value;
}

/** Reads the stored values of an operator, and mirrors changes from now on. */
export function attachAll(organisation: string, operator: string): void {
  prefix = `reinvite/${organisation}/${operator}/`;
  for (const entry of registered) attach(entry);
}

function attach({ name, initial, value }: Registered): void {
  const key = prefix + name;
  const stored = sessionStorage.getItem(key);
  if (stored) {
    try {
      value.value = JSON.parse(stored);
    } catch {
      sessionStorage.removeItem(key);
    }
  }

  effect(() => {
    const isInitial = value.value === initial || value.value === undefined;
    if (isInitial) sessionStorage.removeItem(key);
    else store(key, JSON.stringify(value.value));
  });
}

/** A value that is too long for the browser's storage lives on in memory only. */
function store(key: string, text: string): void {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    sessionStorage.removeItem(key);
  }
}
