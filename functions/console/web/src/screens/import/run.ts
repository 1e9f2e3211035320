/** An import while it runs: it goes on when the operator looks at another screen. */

import { computed, signal } from "@preact/signals";
import { importUsers } from "../../api/calls";
import { type ApiError, ProblemError } from "../../api/errors";
import { persisted } from "../../state/persisted";
import { apiError } from "../../state/resource";
import { type CsvFile, type CsvPart, readCsv, splitCsv } from "./csv_parts";
import { decodeFile, type FileError } from "./decode";
import {
  isAboutHeader,
  type LineError,
  NOTHING,
  type Outcome,
  repeatedLoginIds,
  withAnswer,
  withErrors,
} from "./outcome";

/** How the operator wants a file to be read. */
export interface ReadOptions {
  charset: string;
  skipErrors: boolean;
  ignoreUnknown: boolean;
}

export const options = persisted<ReadOptions>("import.options", {
  charset: "",
  skipErrors: false,
  ignoreUnknown: false,
});

export type Step =
  | "none"
  | "reading"
  | "checking"
  | "checked"
  | "importing"
  | "imported"
  /** A part was not answered, or was refused. */
  | "stopped";

interface Chosen {
  name: string;
  bytes: Uint8Array;
}

/** A larger file would fill the memory of the tab. */
const MAX_BYTES = 200_000_000;

export const chosen = signal<Chosen | undefined>(undefined);
export const step = signal<Step>("none");
export const fileError = signal<FileError | "too_large" | undefined>(undefined);
export const checked = signal<Outcome>(NOTHING);
export const imported = signal<Outcome>(NOTHING);
export const stop = signal<ApiError | undefined>(undefined);
/** The parts that are done, of all. */
export const progress = signal({ done: 0, of: 0 });
export const isBusy = computed(() => ["reading", "checking", "importing"].includes(step.value));
/** Whether a run that stopped was checking or importing. */
const stoppedIn = signal<"checking" | "importing">("checking");
export const hasBegun = computed(() => step.value === "stopped" && stoppedIn.value === "importing");

let parts: CsvPart[] = [];
let file: CsvFile | undefined;
/** Counts the runs: the answer to an earlier one is dropped. */
let current = 0;

addEventListener("beforeunload", event => {
  if (step.value === "importing") event.preventDefault();
});

/** Takes a file, and checks it. */
export async function choose(picked: File): Promise<void> {
  if (step.value === "importing") return;
  const run = begin("reading");
  chosen.value = { name: picked.name, bytes: new Uint8Array() };
  if (picked.size > MAX_BYTES) {
    fileError.value = "too_large";
    step.value = "checked";
    return;
  }
  const bytes = new Uint8Array(await picked.arrayBuffer());
  if (run !== current) return;
  chosen.value = { name: picked.name, bytes };
  await check();
}

/** Reads the file in another way, and checks it again. */
export function readAs(changes: Partial<ReadOptions>): void {
  options.value = { ...options.value, ...changes };
  if (chosen.value && step.value !== "importing" && step.value !== "imported") void check();
}

/** Forgets the file. */
export function clear(): void {
  begin("none");
  chosen.value = undefined;
  options.value = { ...options.value, charset: "" };
}

function begin(next: Step): number {
  current += 1;
  step.value = next;
  fileError.value = undefined;
  stop.value = undefined;
  checked.value = NOTHING;
  imported.value = NOTHING;
  progress.value = { done: 0, of: 0 };
  return current;
}

async function check(): Promise<void> {
  begin("checking");
  const text = decodeFile(
    chosen.value?.bytes ?? new Uint8Array(),
    options.value.charset || undefined,
  );
  const read = typeof text === "string" ? readCsv(text) : text;
  if ("rule" in read) {
    fileError.value = read;
    step.value = "checked";
    return;
  }
  file = read;
  parts = splitCsv(read);
  progress.value = { done: 0, of: parts.length };
  await goOn("checking");
}

/** Imports the file that was checked. */
export async function start(): Promise<void> {
  if (step.value !== "checked") return;
  imported.value = NOTHING;
  progress.value = { done: 0, of: parts.length };
  await goOn("importing");
}

/** Goes on with the part at which the run stopped. A part that was taken already changes nothing when it is repeated. */
export function retry(): void {
  if (step.value === "stopped") void goOn(stoppedIn.value);
}

async function goOn(kind: "checking" | "importing"): Promise<void> {
  const run = current;
  step.value = kind;
  stop.value = undefined;
  stoppedIn.value = kind;
  const outcome = kind === "checking" ? checked : imported;

  for (let index = progress.value.done; index < parts.length; index++) {
    const part = parts[index] as CsvPart;
    const answered = await send(part, kind === "checking", outcome.value);
    if (run !== current) return;
    if (!("created" in answered)) {
      stop.value = answered;
      step.value = "stopped";
      return;
    }
    outcome.value = answered;
    progress.value = { done: index + 1, of: parts.length };
    if (answered.refused > 0 && (kind === "importing" || isAboutHeader(part, answered.errors))) {
      break;
    }
  }
  if (kind === "checking") addRepeated();
  step.value = kind === "checking" ? "checked" : "imported";
}

async function send(part: CsvPart, dryRun: boolean, outcome: Outcome): Promise<Outcome | ApiError> {
  const { skipErrors, ignoreUnknown } = options.value;
  try {
    const body = new Blob([part.csv]);
    const answer = await importUsers(body, { dryRun, skipErrors, ignoreUnknown });
    return withAnswer(outcome, part, answer);
  } catch (caught) {
    const error = apiError(caught);
    const errors = error instanceof ProblemError ? error.errors : [];
    return errors.some(one => one.line !== undefined)
      ? withErrors(outcome, part, errors as LineError[])
      : error;
  }
}

/** The API compares login ids within a part only. */
function addRepeated(): void {
  const [first] = parts;
  if (!file || !first || parts.length < 2 || checked.value.refused > 0) return;
  const whole = { ...first, headerLines: Number.MAX_SAFE_INTEGER };
  checked.value = withErrors(checked.value, whole, repeatedLoginIds(file, checked.value.columns));
}
