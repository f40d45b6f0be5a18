/**
 * The HTTP part: what a request costs, on each runtime, beside the runtime's plain server and its frameworks.
 *
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoadChild, startLoad } from "./child.ts";
import { describeFailure, type Failure } from "./failure.ts";
import { HttpServer, type Runtime } from "./http-server.ts";
import { FILE_BYTES, makeWorkloads, type Workload } from "./http-workloads.ts";

/** One contender in one workload on one runtime. */
export interface HttpResult {
  readonly runtime: Runtime;
  readonly workload: Workload["name"];
  readonly title: string;
  readonly contender: string;
  readonly rounds: readonly {
    readonly cpuMicros: number;
    readonly wallMs: number;
    readonly requests: number;
  }[];
}

/** What to measure, and how often. */
export interface HttpOptions {
  readonly runtimes: readonly Runtime[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly built: boolean;
}

/** The servers on each runtime; the first is the plain one. */
export const CONTENDERS: Readonly<Record<Runtime, readonly string[]>> = {
  node: ["plain-node", "dodona", "fastify", "hono-node", "koa", "express"],
  deno: ["plain-deno", "dodona", "hono-deno", "oak"],
  bun: ["plain-bun", "dodona", "hono-bun", "elysia"],
};

const CONNECTIONS = 64;

/** Measures all runtimes, one after another. */
export async function measureHttp(options: HttpOptions, failures: Failure[]): Promise<HttpResult[]> {
  const root = mkdtempSync(join(tmpdir(), "dodona-bench-"));
  writeFileSync(join(root, "file.bin"), makeFile());
  try {
    const results: HttpResult[] = [];
    for (const runtime of options.runtimes)
      results.push(...(await measureRuntime(runtime, root, options, failures)));
    return results;
  } finally {
    rmSync(root, { recursive: true });
  }
}

async function measureRuntime(
  runtime: Runtime,
  root: string,
  { rounds, quick, built }: HttpOptions,
  failures: Failure[],
): Promise<HttpResult[]> {
  const servers = new Map<string, HttpServer>();
  const clients = startLoad();
  const results: HttpResult[] = [];
  try {
    await clients.next("ready");
    for (const name of CONTENDERS[runtime]) {
      const server = await HttpServer.start({ runtime, name, built, root }).catch((error) => {
        failures.push(describeFailure(`http on ${runtime}`, name, error));
      });
      if (server !== undefined) servers.set(name, server);
    }
    for (const workload of makeWorkloads(quick)) {
      results.push(...(await measureWorkload(runtime, workload, servers, clients, rounds, failures)));
    }
  } finally {
    for (const server of servers.values()) await server.stop();
    await clients.stop();
  }
  return results;
}

/** One round of each server in turn, after one to warm up. */
async function measureWorkload(
  runtime: Runtime,
  workload: Workload,
  servers: ReadonlyMap<string, HttpServer>,
  clients: LoadChild,
  rounds: number,
  failures: Failure[],
): Promise<HttpResult[]> {
  const { name, title, requests } = workload;
  const measured = new Map<string, HttpResult["rounds"][number][]>();
  for (const contender of servers.keys()) measured.set(contender, []);
  for (let round = -1; round < rounds; round++) {
    for (const [contender, server] of servers) {
      const kept = measured.get(contender);
      if (kept === undefined) continue;
      try {
        if (round < 0) await checkAnswer(server, workload);
        const before = await server.readCpuMicros();
        const wallMs = await load(clients, server, workload);
        if (round >= 0) kept.push({ cpuMicros: (await server.readCpuMicros()) - before, wallMs, requests });
      } catch (error) {
        measured.delete(contender);
        failures.push(describeFailure(`http on ${runtime}, ${name}`, contender, error));
      }
    }
  }
  return Array.from(measured, ([contender, all]) => ({
    runtime,
    workload: name,
    title,
    contender,
    rounds: all,
  }));
}

async function load(clients: LoadChild, { port }: HttpServer, workload: Workload): Promise<number> {
  const { request, requests, answer } = workload;
  const leastBytes = typeof answer === "string" ? Buffer.byteLength(answer) : answer.bytes;
  const command = { kind: "load", port, request, connections: CONNECTIONS, requests, leastBytes } as const;
  const { wallMs, failure } = await clients.ask(command, "loaded");
  if (failure !== undefined) throw new Error(failure);
  return wallMs;
}

/** The answer in full, before anything is measured. */
async function checkAnswer({ port }: HttpServer, { request, answer }: Workload): Promise<void> {
  const [head = "", body = ""] = request.split("\r\n\r\n");
  const [method = "", path = ""] = head.split(" ");
  const init = body === "" ? { method } : { method, body, headers: { "content-type": "application/json" } };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  const bytes = Buffer.from(await response.arrayBuffer());
  const right = typeof answer === "string" ? bytes.toString() === answer : bytes.equals(makeFile());
  if (response.status === 200 && right) return;
  throw new Error(`${path} is answered with ${response.status}: ${bytes.toString("utf8", 0, 80)}`);
}

function makeFile(): Uint8Array {
  return new Uint8Array(FILE_BYTES).map((_, index) => index % 251);
}
