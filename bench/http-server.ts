/**
 * A server of the HTTP part: a process on any of the three runtimes, and what it costs.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The runtime of a server. */
export type Runtime = "node" | "deno" | "bun";

/** How a server is started. */
export interface HttpServerOptions {
  readonly runtime: Runtime;
  /** A file of `servers/http/`, without its ending. */
  readonly name: string;
  /** Whether `dodona` is its build in `dist/` rather than its source. */
  readonly built: boolean;
  /** The folder of `file.bin`. */
  readonly root: string;
}

const TIMEOUT_MS = 30_000;
const bin = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));

const living = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** A process that listens. */
export class HttpServer {
  readonly port: number;
  readonly startMs: number;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, port: number, startMs: number) {
    this.#process = child;
    this.port = port;
    this.startMs = startMs;
  }

  /** Starts it; rejects with its last words when it ends, or says nothing in time. */
  static async start(options: HttpServerOptions): Promise<HttpServer> {
    const [program, ...args] = commandOf(options);
    const start = performance.now();
    const child = spawn(program ?? "", args, {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, BENCH_ROOT: options.root },
    });
    living.add(child);
    child.once("exit", () => living.delete(child));
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2000);
    });
    try {
      const { port } = await nextMessage<{ port: number }>(child);
      return new HttpServer(child, port, performance.now() - start);
    } catch (error) {
      child.kill("SIGKILL");
      throw new Error(`${(error as Error).message}: ${said.trim().slice(-300)}`, { cause: error });
    }
  }

  /** Asks it how much processor time it has used so far, all its threads together, in microseconds. */
  async readCpuMicros(): Promise<number> {
    const told = nextMessage<{ cpuMicros: number }>(this.#process);
    this.#process.send("usage");
    return (await told).cpuMicros;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
  }
}

/** Settles with what it says next; rejects when it ends, or is late. */
function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit);
      act();
    };
    const onMessage = (message: unknown) => settle(() => resolve(message as Message));
    const onExit = () => settle(() => reject(new Error("the server ended")));
    const onLate = () => settle(() => reject(new Error("the server says nothing")));
    const timer = setTimeout(onLate, TIMEOUT_MS);
    child.on("message", onMessage).on("exit", onExit);
  });
}

function commandOf({ runtime, name, built }: HttpServerOptions): string[] {
  const file = fileURLToPath(new URL(`servers/http/${name}.ts`, import.meta.url));
  const source = built ? [] : ["--conditions=dodona-source"];
  if (runtime === "deno") return [`${bin}deno`, "run", "-A", "--no-check", "--quiet", ...source, file];
  if (runtime === "bun") return [`${bin}bun`, ...source, file];
  return [process.execPath, ...source, "--import", "tsx", file];
}
