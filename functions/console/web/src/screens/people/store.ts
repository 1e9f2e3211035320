/** Storing what has no version: it is read again before, so that nobody's change is lost unseen. */

import { differences } from "../../state/merge";

interface Change<T> {
  /** The thing as the operator saw it; absent for a new one. */
  base: T | undefined;
  read: () => Promise<T>;
  /** The fields of the thing that the operator may change. */
  fields: (thing: T) => object;
  write: () => Promise<unknown>;
}

/** Writes, unless somebody else has changed the thing since it was shown: then answers theirs. */
export async function storeUnlessChanged<T>(change: Change<T>): Promise<T | undefined> {
  const { base, read, fields, write } = change;
  if (base !== undefined) {
    const theirs = await read();
    if (differences(fields(base), fields(theirs)).length > 0) return theirs;
  }
  await write();
  return undefined;
}
