/**
 * Start-up on Node: from the spawn of a program to its port, and to its first answer.
 *
 * Each round starts every contender once, in turn, each in a process of its own that is ended before the next.
 * The package under test is its build, always: its source would have to be compiled first.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeFailure, type Failure } from "./failure.ts";
import { START_UP_PROGRAMS } from "./start-up-programs.ts";

/** One start. */
export interface StartUpRound {
  /** From the spawn until it said that it listens. */
  readonly listeningMs: number;
  /** From the spawn until the first bytes of its first answer came, asked for as soon as it listened. */
  readonly answeredMs: number;
}

/** All starts of one contender. */
export interface StartUpResult {
  readonly contender: string;
  readonly rounds: readonly StartUpRound[];
}

const TIMEOUT_MS = 20_000;
const root = fileURLToPath(new URL("..", import.meta.url));

/** Starts all contenders in turn, `rounds` times over, after one round to have their files in memory. */
export async function measureStartUp(
  { rounds }: { readonly rounds: number },
  failures: Failure[],
): Promise<StartUpResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "dodona-start-up-"));
  try {
    const kept = new Map<string, StartUpRound[]>();
    for (const contender of Object.keys(START_UP_PROGRAMS)) {
      if (install(contender, folder, failures)) kept.set(contender, []);
    }
    for (let round = 0; round <= rounds; round++) {
      for (const [contender, starts] of kept) {
        try {
          const start = await startOnce(join(folder, `${contender}.mjs`));
          if (round > 0) starts.push(start);
        } catch (error) {
          kept.delete(contender);
          failures.push(describeFailure("start-up", contender, error));
        }
      }
    }
    return Array.from(kept, ([contender, starts]) => ({ contender, rounds: starts }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the program and links its packages; whether all of them are there. */
function install(contender: string, folder: string, failures: Failure[]): boolean {
  const { packages = [], text = "" } = START_UP_PROGRAMS[contender] ?? {};
  for (const name of packages) {
    const target = name === "dodona" ? root : join(root, "node_modules", name);
    if (!existsSync(join(target, name === "dodona" ? "dist/mod.js" : "package.json"))) {
      failures.push(describeFailure("start-up", contender, `"${name}" is not installed, or not built`));
      return false;
    }
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link, "dir");
  }
  writeFileSync(join(folder, `${contender}.mjs`), text);
  return true;
}

async function startOnce(program: string): Promise<StartUpRound> {
  const start = performance.now();
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const end = () => child.kill("SIGKILL");
  const timer = setTimeout(end, TIMEOUT_MS);
  process.on("exit", end);
  try {
    const port = await readPort(child);
    const listeningMs = performance.now() - start;
    await askOnce(port);
    return { listeningMs, answeredMs: performance.now() - start };
  } finally {
    clearTimeout(timer);
    await stop(child);
    process.off("exit", end);
  }
}

/** Settles with what it prints first; rejects when it ends before. */
function readPort({ stdout }: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    stdout?.once("data", (text: Buffer) => resolve(Number(text.toString())));
    stdout?.once("end", () => reject(new Error("its process ended, or said nothing in time")));
  });
}

/** Settles with the first bytes of an answer of status 200. */
function askOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    socket.once("data", (data) => {
      socket.destroy();
      const line = data.toString("latin1", 0, 15);
      if (line.startsWith("HTTP/1.1 200")) resolve();
      else reject(new Error(`its first answer begins with "${line}"`));
    });
    socket.once("error", reject);
    socket.once("end", () => reject(new Error("it ended the connection without an answer")));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await closed;
}
