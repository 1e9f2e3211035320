// Serves the page while it is written: builds at each request, and hands every other request on to a running local stack.
//
//     node dev.mjs [PORT] [ADDRESS OF THE STACK]

import { createServer, request } from "node:http";
import * as esbuild from "esbuild";
import { options } from "./build.mjs";

const port = Number(process.argv[2] ?? 3001);
const stack = new URL(process.argv[3] ?? "http://127.0.0.1:3000");

const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Reinvite</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/console/assets/app.css"><script type="module" src="/console/assets/app.js"></script></head>
<body><div id="app"></div><script type="application/json" id="configuration">${JSON.stringify({
  signIn: {
    issuer: `http://127.0.0.1:${port}`,
    authorizationEndpoint: `http://127.0.0.1:${port}/local/authorize`,
    tokenEndpoint: `http://127.0.0.1:${port}/local/token`,
    endSessionEndpoint: `http://127.0.0.1:${port}/local/sign-out`,
    clientId: "console",
    scope: "openid",
    token: "access",
  },
  editor: "/console/assets/editor.js",
  mailFrame: "/console/mail-frame",
  mailFrameImages: "/console/mail-frame-images",
})}</script></body></html>`;

const pageHeaders = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
};
const frames = {
  "/console/mail-frame": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
  "/console/mail-frame-images":
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'",
};

async function asset(path) {
  const { outputFiles } = await esbuild.build({ ...options, write: false, minify: false });
  return outputFiles.find(file => file.path.endsWith(path.slice("/console/assets".length)))?.text;
}

function forward(incoming, answer) {
  // With the browser's own Host: the sign-in page sends the operator back to it.
  const { headers } = incoming;
  const outgoing = request(
    new URL(incoming.url, stack),
    { method: incoming.method, headers },
    found => {
      answer.writeHead(found.statusCode, found.headers);
      found.pipe(answer);
    },
  );
  outgoing.on("error", error => answer.writeHead(502).end(String(error)));
  incoming.pipe(outgoing);
}

createServer(async (incoming, answer) => {
  const { pathname } = new URL(incoming.url, "http://127.0.0.1");
  if (
    pathname.startsWith("/v1/") ||
    pathname.startsWith("/local/") ||
    pathname.startsWith("/inbox")
  ) {
    return forward(incoming, answer);
  }
  if (frames[pathname]) {
    const headers = { "Content-Type": "text/html", "Content-Security-Policy": frames[pathname] };
    return answer.writeHead(200, headers).end("<!doctype html><title>Mail</title>");
  }
  if (!pathname.startsWith("/console/assets/")) return answer.writeHead(200, pageHeaders).end(page);

  try {
    const text = await asset(pathname);
    const type = pathname.endsWith(".css") ? "text/css" : "text/javascript";
    answer.writeHead(text === undefined ? 404 : 200, { "Content-Type": type }).end(text);
  } catch (error) {
    answer.writeHead(500).end(String(error));
  }
}).listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/`));
