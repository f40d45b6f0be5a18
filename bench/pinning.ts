/**
 * Gives the server of a run a core for itself, and leaves the others to its readers.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Where a process may run: on the server's core, on those that are left, or wherever the system puts it. */
export type Cores = "server" | "others" | "any";

const serverCore = 0;

/** Whether this system can do it: Linux with `taskset`, and two cores at least. */
export function canPin(): boolean {
  if (process.platform !== "linux" || availableParallelism() < 2) return false;
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false; // not installed
  }
}

/** What `fork` has to be told, for a process of Node with these arguments. */
export function pinTo(cores: Cores, nodeArguments: string[]): { execPath: string; execArgv: string[] } {
  if (cores === "any" || !canPin()) return { execPath: process.execPath, execArgv: nodeArguments };
  return { execPath: "taskset", execArgv: ["-c", coreList(cores), process.execPath, ...nodeArguments] };
}

/** The cores as `taskset -c` takes them. */
export function coreList(cores: "server" | "others"): string {
  const last = availableParallelism() - 1;
  return cores === "server" ? String(serverCore) : `${serverCore + 1}-${last}`;
}
