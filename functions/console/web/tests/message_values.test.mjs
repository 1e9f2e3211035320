// The values of messages: each call gives those that its text needs. The types of the sources tell which texts a call may show.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const EXAMPLE = `${ROOT}src/example.ts`;
const messages = JSON.parse(await readFile(`${ROOT}src/i18n/en.json`, "utf8"));

/** Kinds of texts whose keys and values come from the API, or from a table: their calls fill only texts that are complete. */
const KINDS_OF_DATA = ["notice.", "rule.", "settings.hint."];

const marksOf = key => [...messages[key].matchAll(/\{(\w+)\}/g)].map(mark => mark[1]);

/** The sources with their types. `example` is the text of one more file. */
function programOf(example) {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: assert.fail };
  const { options, fileNames } = ts.getParsedCommandLineOfConfigFile(
    `${ROOT}tsconfig.json`,
    {},
    host,
  );
  const compilerHost = ts.createCompilerHost(options);
  const { readFile: read, fileExists } = compilerHost;
  compilerHost.readFile = path => (path === EXAMPLE ? example : read(path));
  compilerHost.fileExists = path => path === EXAMPLE || fileExists(path);
  return ts.createProgram([...fileNames, EXAMPLE], options, compilerHost);
}

/** The calls of `t`, `tn` and `name` in a file: the keys that each may show, and the names of the values that it gives. */
function callsOf(file, checker) {
  const calls = [];
  const literalsOf = node => {
    const type = checker.getTypeAtLocation(node);
    return (type.isUnion() ? type.types : [type]).map(one => one.isStringLiteral() && one.value);
  };
  const visit = node => {
    ts.forEachChild(node, visit);
    const callee = ts.isCallExpression(node) && node.expression.getText();
    if (!["t", "tn", "name"].includes(callee)) return;

    const [first, second, third] = node.arguments;
    const values = callee === "t" ? second : third;
    const given = values && callee !== "name" ? checker.getTypeAtLocation(values) : undefined;
    const names = given ? checker.getPropertiesOfType(given).map(one => one.name) : [];
    const found = literalsOf(first);
    const keys = {
      t: () => found,
      tn: () => found.flatMap(stem => [`${stem}.one`, `${stem}.other`]),
      name: () =>
        Object.keys(messages).filter(key => found.some(kind => key.startsWith(`${kind}.`))),
    };
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    calls.push({
      place: `${relative(ROOT, file.fileName)}:${line + 1}`,
      keys: keys[callee]().filter(key => key in messages),
      names: callee === "tn" ? [...names, "count"] : names,
    });
  };
  visit(file);
  return calls;
}

const program = programOf(`
  import { t, tn } from "./i18n/messages";
  t("dialog.template_note");
  t("dialog.template_note", { name: "Invitation" });
  tn("users.found", 2);
  const isLong: boolean = Math.random() > 1;
  t(isLong ? "users.resend" : "user.until", {});
`);
const checker = program.getTypeChecker();
const files = program
  .getSourceFiles()
  .filter(({ fileName, isDeclarationFile }) => !isDeclarationFile && fileName.startsWith(ROOT));

/** Whether the type of a call says which texts it may show: not with a key that is made of data. */
const isKnown = call => call.keys.length > 0 && call.keys.length < Object.keys(messages).length;

const missing = calls =>
  calls.filter(isKnown).flatMap(({ place, keys, names }) =>
    keys.flatMap(key =>
      marksOf(key)
        .filter(mark => !names.includes(mark))
        .map(mark => `${place}: ${key} needs {${mark}}`),
    ),
  );

test("a call without a value that its text needs is found", () => {
  const calls = callsOf(program.getSourceFile(EXAMPLE), checker);
  assert.deepEqual(missing(calls), [
    "src/example.ts:3: dialog.template_note needs {name}",
    "src/example.ts:7: user.until needs {at}",
  ]);
});

test("every call gives the values that its text needs", () => {
  const calls = files
    .filter(file => file.fileName !== EXAMPLE)
    .flatMap(file => callsOf(file, checker));
  assert.deepEqual(missing(calls), []);

  // A text with marks that no call names would get no values.
  const named = new Set(calls.filter(isKnown).flatMap(call => call.keys));
  const unnamed = Object.keys(messages).filter(key => marksOf(key).length > 0 && !named.has(key));
  const isData = key => KINDS_OF_DATA.some(kind => key.startsWith(kind));
  assert.deepEqual(
    unnamed.filter(key => !isData(key)),
    [],
  );
});
