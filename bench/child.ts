/**
 * A child process of the bench, and the promise that none outlives it: each is ended by its own
 * process id, when its part is done, when that part fails, and when the bench is interrupted.
 *
 * @module
 */

import { type ChildProcess, fork } from "node:child_process";
import { type Cores, pinTo } from "./pinning.ts";
import type {
  LoadCommand,
  LoadReport,
  ReaderCommand,
  ReaderReport,
  ServerCommand,
  ServerReport,
} from "./protocol.ts";

interface Waiter<Report> {
  readonly kind: string;
  readonly resolve: (report: Report) => void;
  readonly reject: (error: Error) => void;
}

/** How children are started. */
export interface ChildOptions {
  /** Whether the child may call `gc()`. */
  readonly exposeGc?: boolean;
  /** Whether `dodona` is its build in `dist/` rather than its source. */
  readonly built?: boolean;
  /** Whether the server has a core for itself, as far as the system lets us. */
  readonly pinned?: boolean;
  /** What its environment has besides ours. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A server under test. */
export type ServerChild = Child<ServerCommand, ServerReport>;
/** The process of the clients of the HTTP part. */
export type LoadChild = Child<LoadCommand, LoadReport>;
/** The process of its readers. */
export type ReadersChild = Child<ReaderCommand, ReaderReport>;

/** Starts the server of a contender; see `servers/`. */
export function startServer(contender: string, options: ChildOptions): ServerChild {
  return new Child(contender, `servers/${contender}.ts`, options, "server");
}

/** Starts a process that will hold the readers of one server. */
export function startReaders(options: ChildOptions): ReadersChild {
  return new Child("readers", "readers.ts", options);
}

/** Starts the clients of the HTTP part. */
export function startLoad(): LoadChild {
  return new Child("clients", "http-load.ts", {});
}

const living = new Set<ChildProcess>();

/** Ends every child on the way out, whatever the way. */
export function endChildrenOnExit(): void {
  process.on("exit", () => {
    for (const child of living) child.kill();
  });
  process.on("SIGINT", () => process.exit(130));
  process.on("SIGTERM", () => process.exit(143));
}

/** A forked process with typed messages both ways. */
export class Child<Command extends { kind: string }, Report extends { kind: string }> {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #waiters = new Set<Waiter<Report>>();
  readonly #ended: Promise<void>;
  #listener: ((report: Report) => void) | undefined;
  #errorOutput = "";
  #failure: Error | undefined;

  constructor(name: string, file: string, options: ChildOptions, cores: Cores = "others") {
    this.name = name;
    this.#process = fork(new URL(file, import.meta.url), {
      ...pinTo(options.pinned ? cores : "any", nodeArguments(options)),
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, ...options.environment },
    });
    living.add(this.#process);
    this.#ended = new Promise((resolve) => this.#process.on("close", () => resolve()));
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-2000);
    });
    this.#process.on("message", (report: Report) => this.#receive(report));
    this.#process.on("error", () => {}); // a failed send: "close" follows, and says why
    this.#process.on("close", (code, signal) => this.#end(signal ?? `code ${code}`));
  }

  send(command: Command): void {
    if (this.#process.connected) this.#process.send(command, () => {});
  }

  /** Calls `listener` with each report that comes, until `stop`. */
  listen(listener: (report: Report) => void): void {
    this.#listener = listener;
  }

  /** Settles with the next report of a kind; rejects when the child ends, or is late. */
  next<Kind extends Report["kind"]>(
    kind: Kind,
    timeoutMs = 60_000,
  ): Promise<Extract<Report, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const late = () => {
        this.#waiters.delete(waiter);
        reject(new Error(`Cannot measure ${this.name}: no "${kind}" within ${timeoutMs} ms`));
      };
      const timer = setTimeout(late, timeoutMs);
      const waiter: Waiter<Report> = {
        kind,
        resolve(report) {
          clearTimeout(timer);
          resolve(report as Extract<Report, { kind: Kind }>);
        },
        reject(error) {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** Sends a command and settles with the report that answers it. */
  ask<Kind extends Report["kind"]>(command: Command, kind: Kind, timeoutMs?: number) {
    const answer = this.next(kind, timeoutMs);
    this.send(command);
    return answer;
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
    // Not SIGKILL: one of them has a server of its own to end.
    this.#process.kill();
    await this.#ended;
  }

  #receive(report: Report): void {
    this.#listener?.(report);
    for (const waiter of this.#waiters) {
      if (waiter.kind !== report.kind) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(report);
    }
  }

  #end(how: string): void {
    living.delete(this.#process);
    this.#failure = new Error(`Cannot measure ${this.name}: its process ended (${how})${this.#lastWords()}`);
    for (const waiter of this.#waiters) waiter.reject(this.#failure);
    this.#waiters.clear();
  }

  /** The line that names the error, of all that the child wrote to its standard error. */
  #lastWords(): string {
    const line = this.#errorOutput.split("\n").find((text) => /^(\w+ )*\w*Error\b/.test(text));
    return line === undefined ? "" : `: ${line}`;
  }
}

function nodeArguments({ exposeGc = false, built = false }: ChildOptions): string[] {
  const own = process.execArgv.filter((argument) => !(built && argument === "--conditions=dodona-source"));
  return exposeGc ? [...own, "--expose-gc"] : own;
}
