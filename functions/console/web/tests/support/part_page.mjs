// Serves one part of the screens alone, under the policy of the page, for tests that need no stack.

import { createServer } from "node:http";
import * as esbuild from "esbuild";
import { options } from "../../build.mjs";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const FRAMES = {
  "/frame": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
  "/frame-images":
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'",
};
const CONFIGURATION = {
  signIn: null,
  editor: "/editor.js",
  mailFrame: "/frame",
  mailFrameImages: "/frame-images",
};

async function bundle(stdin, editor) {
  const { outputFiles } = await esbuild.build({
    ...options,
    entryPoints: editor ? { editor: "src/editor/main.ts" } : undefined,
    ...(editor
      ? {}
      : { stdin: { contents: stdin, resolveDir: options.absWorkingDir, loader: "tsx" } }),
    splitting: false,
    minify: false,
    write: false,
  });
  return Object.fromEntries(
    outputFiles.map(file => [file.path.endsWith(".css") ? "css" : "js", file.text]),
  );
}

/** Starts a server whose page runs `source`, a module that puts the part into `#app`. */
export async function startPartPage(source, { withoutEditor = false } = {}) {
  const part = await bundle(source);
  const editor = withoutEditor ? undefined : (await bundle("", true)).js;
  const page = `<!doctype html><html lang="en"><head><title>Part</title><link rel="stylesheet" href="/app.css">
<script type="module" src="/app.js"></script></head><body><main><h1>Part</h1><div id="app"></div></main>
<script type="application/json" id="configuration">${JSON.stringify(CONFIGURATION)}</script></body></html>`;

  const files = {
    "/app.js": ["text/javascript", part.js],
    "/app.css": ["text/css", part.css ?? ""],
    "/editor.js": ["text/javascript", editor],
  };
  const asked = [];
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url, "http://part");
    asked.push(pathname);
    if (FRAMES[pathname]) {
      const headers = { "Content-Type": "text/html", "Content-Security-Policy": FRAMES[pathname] };
      return answer.writeHead(200, headers).end("<!doctype html><title>Mail</title>");
    }
    if (pathname === "/") {
      const headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": POLICY,
      };
      return answer.writeHead(200, headers).end(page);
    }
    const [type, text] = files[pathname] ?? [];
    if (text === undefined) return answer.writeHead(404).end();
    answer.writeHead(200, { "Content-Type": `${type}; charset=utf-8` }).end(text);
  });
  await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    asked,
    stop: () =>
      new Promise(resolve => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
