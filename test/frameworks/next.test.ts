import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import {
  installPackage,
  linkPackages,
  packPackage,
  removeFolder,
  temporaryFolder,
} from "../package/packed-package.ts";
import { RawClient } from "../support/raw-client.ts";
import { LIMIT, OPENING } from "./send-events-contract.ts";

const BUILD_LIMIT = { timeout: 120_000 };

let folder: string;
let project: string;
let server: ChildProcess;
let said = "";
let port: number;

/** Next may find no package manager: where something is missing, it would install it. */
function environment(): NodeJS.ProcessEnv {
  return {
    PATH: join(folder, "empty"),
    HOME: folder,
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    NEXT_IGNORE_INCORRECT_LOCKFILE: "1",
  };
}

function next(...args: string[]): [args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }] {
  const program = join(project, "node_modules", "next", "dist", "bin", "next");
  return [[program, ...args], { cwd: project, env: environment() }];
}

before(async () => {
  folder = await temporaryFolder("next");
  project = join(folder, "project");
  await mkdir(join(folder, "empty"));
  await cp(new URL("next-app", import.meta.url), project, { recursive: true });
  await installPackage(await packPackage(folder), project);
  await linkPackages(project, ["next", "react", "react-dom"]);
  // Turbopack refuses what is linked from outside of the project.
  await promisify(execFile)(process.execPath, ...next("build", "--webpack"));
  server = spawn(process.execPath, ...next("start", "--port", "0", "--hostname", "127.0.0.1"));
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk;
      if (said.includes("Ready in")) resolve();
    };
    server.stdout?.on("data", hear);
    server.stderr?.on("data", hear);
    server.once("exit", (code) => reject(new Error(`Next ended with ${code}: ${said}`)));
  });
  await ready;
  port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1]);
}, BUILD_LIMIT);

after(async () => {
  if (server !== undefined && server.exitCode === null) {
    const exited = once(server, "exit");
    server.kill();
    await exited;
  }
  await removeFolder(folder);
});

/** How the streams are, from the first: "open", or the reason of their end. */
async function readers(): Promise<string[]> {
  return (await fetch(`http://127.0.0.1:${port}/readers`)).json() as Promise<string[]>;
}

async function send(body: string): Promise<void> {
  await fetch(`http://127.0.0.1:${port}/readers`, { method: "POST", body });
}

/** Asks until the newest stream has ended, and gives the reason. */
async function reasonOfNewest(): Promise<string | undefined> {
  for (;;) {
    const reason = (await readers()).at(-1);
    if (reason !== "open") return reason;
  }
}

// The build counts as a part of the first test.
test("Next: the head is an event stream's, and each event arrives at once", BUILD_LIMIT, async () => {
  const client = await RawClient.get(port, "/events", ["Accept-Encoding: gzip, br"]);
  await client.until(OPENING);
  assert.match(client.head, /^HTTP\/1\.1 200 OK\r$/m);
  for (const line of [
    "content-type: text/event-stream",
    "cache-control: no-cache, no-transform",
    "x-accel-buffering: no",
    "set-cookie: first=1",
  ]) {
    assert.match(client.head, new RegExp(`^${line}\r?$`, "im"));
  }
  assert.doesNotMatch(client.head, /^content-encoding:/im);
  for (let count = 0; count < 5; count++) {
    await send(`event ${count}`);
    await client.until(`data: event ${count}\n\n`);
  }
  await send("");
  await client.until("0\r\n\r\n");
  assert.equal(await reasonOfNewest(), "close");
  client.text = "";
  client.send("GET /readers HTTP/1.1\r\nHost: test\r\n\r\n");
  await client.until('["close"]');
  client.destroy();
});

for (const way of ["destroy", "reset"] as const) {
  test(`Next: a reader who leaves a silent stream (${way}) is missed`, LIMIT, async () => {
    const client = await RawClient.get(port, "/events");
    await client.until(OPENING);
    assert.equal((await readers()).at(-1), "open");
    client[way]();
    assert.equal(await reasonOfNewest(), "disconnect");
  });
}

test("Next: a reader who does not read overflows", LIMIT, async () => {
  const client = await RawClient.get(port, "/events");
  await client.until(OPENING);
  client.pause();
  while ((await readers()).at(-1) === "open") await send("x".repeat(262_144));
  assert.equal((await readers()).at(-1), "overflow");
  client.destroy();
});

test("Next: HEAD is answered by the head alone", LIMIT, async () => {
  const response = await fetch(`http://127.0.0.1:${port}/events`, { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(await response.text(), "");
  assert.equal(await reasonOfNewest(), "close");
});

test("Next: nothing of it was an error to the server", () => {
  assert.doesNotMatch(said, /error|⨯|warn/i);
});
