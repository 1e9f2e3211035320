/** Finds out who has signed in, and brings back what they had entered before a reload. */

import { signal } from "@preact/signals";
import { readMe } from "../api/calls";
import type { ApiError } from "../api/errors";
import { readAddress } from "../routes";
import { me } from "../state/operator";
import { attachAll } from "../state/persisted";
import { apiError } from "../state/resource";

/** The error for which the operator is unknown. */
export const operatorError = signal<ApiError | undefined>(undefined);

export async function openOperator(): Promise<void> {
  operatorError.value = undefined;
  try {
    const found = await readMe();
    attachAll(found.organisation.id, found.user.id);
    readAddress();
    me.value = found;
  } catch (error) {
    operatorError.value = apiError(error);
  }
}
