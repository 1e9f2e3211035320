// Builds `dist` from `src`: the app, its style sheet, the parts that are loaded when they are needed, the icon, the
// licences of the libraries, and SOURCES, the SHA-256 of every input. The same inputs give the same bytes.

import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const dist = join(web, "..", "dist");

export const options = {
  absWorkingDir: web,
  entryPoints: { app: "src/main.tsx", editor: "src/editor/main.ts" },
  bundle: true,
  format: "esm",
  splitting: true,
  // The function gives the other files their hashes.
  chunkNames: "chunks/[name]-[hash]",
  target: ["chrome120", "firefox121", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  outdir: dist,
};

/** The files under a folder, sorted, without installed packages. */
async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(web, join(entry.parentPath ?? entry.path, entry.name)))
    .filter(path => !path.startsWith("node_modules"))
    .sort();
}

/** A line for each input: its SHA-256 and its path. */
async function sources() {
  const lines = [];
  for (const path of await filesOf(web)) {
    const hash = createHash("sha256")
      .update(await readFile(join(web, path)))
      .digest("hex");
    lines.push(`${hash}  ${path}\n`);
  }
  return lines.join("");
}

/** The licence texts of the packages whose code is in the bundle. */
async function licences(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }

  const texts = [];
  for (const name of [...packages].sort()) {
    const folder = join(web, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find(entry => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`the package ${name} has no licence text`);
    const text = await readFile(join(folder, file), "utf8");
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/** The scripts that a browser loads until it shows the first screen, a line each. */
function firstView({ outputs }) {
  const found = new Set();
  const add = path => {
    if (found.has(path)) return;
    found.add(path);
    for (const imported of outputs[path].imports) {
      const isLanguage = outputs[imported.path]?.entryPoint === "src/i18n/ja.json";
      if (imported.kind === "import-statement" || isLanguage) add(imported.path);
    }
  };
  add("../dist/app.js");
  return [...found]
    .map(path => `${path.replace("../dist/", "")}\n`)
    .sort()
    .join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const { metafile } = await esbuild.build({ ...options, metafile: true });
  await writeFile(join(dist, "FIRST_VIEW"), firstView(metafile));
  await copyFile(join(web, "src", "icon.svg"), join(dist, "icon.svg"));
  await writeFile(join(dist, "LICENSES.txt"), await licences(metafile));
  await writeFile(join(dist, "SOURCES"), await sources());
}
