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
    else sessionStorage.setItem(key, JSON.stringify(value.value));
  });
}
