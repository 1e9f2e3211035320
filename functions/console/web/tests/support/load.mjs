// Loads a module of the page's sources into Node, for tests of rules that need no browser.

import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const web = fileURLToPath(new URL("../..", import.meta.url));

/** The exports of a module, such as `src/state/draft.ts`. */
export async function load(path) {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: web,
    entryPoints: [path],
    bundle: true,
    format: "esm",
    target: "node20",
    jsx: "automatic",
    jsxImportSource: "preact",
    write: false,
    logLevel: "warning",
  });
  const source = Buffer.from(outputFiles[0].contents).toString("base64");
  return import(`data:text/javascript;base64,${source}`);
}
