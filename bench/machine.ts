/**
 * On what, and of what, a result was measured.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";

/** Everything about a run that its figures depend on. */
export interface Machine {
  readonly date: string;
  readonly commit: string;
  /** Whether files other than results differed from that commit. */
  readonly dirty: boolean;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly peers: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** Looks at the machine, the repository, and the installed peers. */
export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    commit: git("rev-parse", "--short", "HEAD") ?? "none",
    dirty: git("status", "--porcelain", "--", ".", ":!bench/results") !== "",
    node: process.versions.node,
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    peers: readPeerVersions(),
  };
}

/** The most files that a child may hold open, or undefined where there is no such limit to ask for. */
export function readOpenFileLimit(): number | undefined {
  try {
    // Node raises its own soft limit to the hard one when it starts.
    const limit = Number(execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }));
    return Number.isInteger(limit) ? limit : undefined;
  } catch {
    return undefined; // no shell: not a system with this limit
  }
}

function git(...words: string[]): string | undefined {
  try {
    return execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined; // no git, or no commit yet
  }
}

function readPeerVersions(): Record<string, string> {
  const manifest: { dependencies: Record<string, string> } = readJson("bench/package.json");
  const lock: { packages: Record<string, { version: string }> } = readJson("package-lock.json");
  return Object.fromEntries(
    Object.keys(manifest.dependencies).map((name) => [
      name,
      (lock.packages[`bench/node_modules/${name}`] ?? lock.packages[`node_modules/${name}`])?.version ?? "?",
    ]),
  );
}

function readJson<Content>(path: string): Content {
  return JSON.parse(readFileSync(new URL(path, new URL("..", import.meta.url)), "utf8"));
}
