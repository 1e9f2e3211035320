// A local stack of its own for a file of tests: it keeps nothing, and listens on free ports of loopback.
//
// REINVITE_LOCAL names the binary; otherwise it is the one that cargo builds in the tree.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../..", import.meta.url));
const BINARY = process.env.REINVITE_LOCAL ?? join(ROOT, "target", "debug", "reinvite-local");

/** How long a stack may take until it serves. */
const PATIENCE = 180_000;

/** Free ports of loopback. */
async function freePorts(count) {
  const servers = [];
  for (let index = 0; index < count; index += 1) {
    const server = createServer();
    await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
    servers.push(server);
  }
  const ports = servers.map(server => server.address().port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

/** Starts a stack, and answers when it serves. `options` are those of its command line; `patience` is in milliseconds. */
export async function startStack(options = [], patience = PATIENCE) {
  const [port, awsPort] = await freePorts(2);
  const args = [
    "serve",
    "--in-memory",
    "--port",
    `${port}`,
    "--aws-port",
    `${awsPort}`,
    ...options,
  ];
  const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "inherit"] });

  await new Promise((resolve, reject) => {
    let printed = "";
    const late = setTimeout(
      () => reject(new Error(`the stack does not serve: ${printed}`)),
      patience,
    );
    child.on("error", reject);
    child.on("exit", code => reject(new Error(`the stack ended with ${code}: ${printed}`)));
    child.stdout.on("data", chunk => {
      printed += chunk;
      if (!printed.includes("\nStop ")) return;
      clearTimeout(late);
      resolve();
    });
  });
  return new Stack(`http://127.0.0.1:${port}`, child);
}

export class Stack {
  constructor(origin, child) {
    this.origin = origin;
    this.child = child;
    this.tokens = new Map();
  }

  stop() {
    this.child.removeAllListeners("exit");
    this.child.kill("SIGKILL");
  }

  async token(loginId) {
    if (!this.tokens.has(loginId)) {
      const response = await fetch(
        `${this.origin}/local/token?loginId=${encodeURIComponent(loginId)}`,
      );
      this.tokens.set(loginId, (await response.json()).token);
    }
    return this.tokens.get(loginId);
  }

  /** Calls the API as a user. Answers the body; a refusal is an error unless `expected` is its status. */
  async call(loginId, method, path, { json, headers = {}, body, expected } = {}) {
    const response = await fetch(this.origin + path, {
      method,
      headers: {
        Authorization: `Bearer ${await this.token(loginId)}`,
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: json === undefined ? body : JSON.stringify(json),
    });
    const text = await response.text();
    const isExpected = expected === undefined ? response.ok : response.status === expected;
    if (!isExpected) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Imports users, given as lines of CSV with a header. */
  importUsers(lines, query = "") {
    return this.call("owner", "POST", `/v1/users/import${query}`, {
      headers: { "Content-Type": "text/csv" },
      body: `${lines.join("\n")}\n`,
    });
  }

  /** The user with a login id. */
  async user(loginId) {
    const { users } = await this.call(
      "owner",
      "GET",
      `/v1/users?loginId=${encodeURIComponent(loginId)}`,
    );
    return users[0];
  }

  /** Gives roles to a user, who may sign in as an operator from then on. */
  async grant(loginId, roles) {
    const { id } = await this.user(loginId);
    await this.call("owner", "PUT", `/v1/users/${id}/roles`, { json: { roles } });
    return id;
  }

  /** The id of the group at a path such as `Sales/Tokyo`. */
  async group(path) {
    const groups = new Map();
    let next = "";
    do {
      const page = await this.call("owner", "GET", `/v1/groups?limit=200${next}`);
      for (const group of page.groups) groups.set(group.id, group);
      next = page.next ? `&next=${encodeURIComponent(page.next)}` : "";
    } while (next);
    const pathOf = group =>
      (group.parentId ? `${pathOf(groups.get(group.parentId))}/` : "") + group.name;
    for (const group of groups.values()) if (pathOf(group) === path) return group.id;
    throw new Error(`no group is at ${path}`);
  }

  /** The mails in the inbox. */
  async inbox() {
    const response = await fetch(`${this.origin}/inbox.json`);
    return response.json();
  }
}
