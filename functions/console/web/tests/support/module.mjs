// Bundles a module of the screens and imports it: for tests of plain functions.

import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { options } from "../../build.mjs";

export async function importModule(path) {
  const { outputFiles } = await esbuild.build({
    ...options,
    entryPoints: [fileURLToPath(new URL(`../../src/${path}`, import.meta.url))],
    write: false,
    minify: false,
  });
  const source = Buffer.from(outputFiles[0].contents).toString("base64");
  return import(`data:text/javascript;base64,${source}`);
}
