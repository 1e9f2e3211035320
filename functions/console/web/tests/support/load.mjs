// Loads modules of the page's sources into Node, for tests of rules that need no browser.

import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const web = fileURLToPath(new URL("../..", import.meta.url));

/** A `Storage` that holds nothing at first. */
function storage() {
  const held = new Map();
  return {
    getItem: key => held.get(key) ?? null,
    setItem: (key, value) => held.set(key, String(value)),
    removeItem: key => held.delete(key),
    clear: () => held.clear(),
  };
}

/** What modules touch of a browser when they are loaded. */
function provideBrowser() {
  const navigator = { language: "en-GB", languages: ["en-GB", "ja"] };
  const provided = { navigator, localStorage: storage(), sessionStorage: storage() };
  for (const [name, value] of Object.entries(provided)) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
}

/** The exports of modules that share one state, as they do on the page. */
export async function loadTogether(...paths) {
  provideBrowser();
  const contents = paths
    .map((path, index) => `export * as module${index} from "./${path}";`)
    .join("\n");
  const { outputFiles } = await esbuild.build({
    absWorkingDir: web,
    stdin: { contents, resolveDir: web, loader: "ts" },
    bundle: true,
    format: "esm",
    target: "node20",
    jsx: "automatic",
    jsxImportSource: "preact",
    write: false,
    logLevel: "warning",
  });
  const source = Buffer.from(outputFiles[0].contents).toString("base64");
  const loaded = await import(`data:text/javascript;base64,${source}`);
  return paths.map((_, index) => loaded[`module${index}`]);
}

/** The exports of a module, such as `src/state/draft.ts`. */
export async function load(path) {
  const [loaded] = await loadTogether(path);
  return loaded;
}
