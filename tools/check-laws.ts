/**
 * Checks the project's laws and prints each breach, or one line when there is none.
 *
 * Run from the project's root; exits with 1 when a law is broken.
 *
 * @example
 * ```sh
 * node --import tsx tools/check-laws.ts
 * ```
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { findBreaches, formatBreach } from "./laws.ts";

const FOLDERS: readonly string[] = ["src", "test", "tools", "examples", "bench"];
const FILES: readonly string[] = ["package.json", "package-lock.json"];
const CODE_FILE = /\.(?:ts|js|mjs)$/;

const files = readProject();
const breaches = findBreaches(files);
for (const breach of breaches) console.log(formatBreach(breach));
if (breaches.length === 0) console.log(`laws: ${files.size} files, no breach`);
else process.exitCode = 1;

/** Reads what the laws look at: all of `src/`, the code elsewhere, the manifest and its lock. */
function readProject(): Map<string, string> {
  const read = new Map<string, string>();
  for (const path of FILES) if (existsSync(path)) read.set(path, readFileSync(path, "utf8"));
  for (const folder of FOLDERS) if (existsSync(folder)) readFolder(folder, read);
  return read;
}

function readFolder(folder: string, read: Map<string, string>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    // Built and installed files, and those that the system hides, are not ours to judge.
    if (entry.name === "node_modules" || entry.name === "dist" || entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) readFolder(path, read);
    else if (folder === "src" || folder.startsWith("src/") || CODE_FILE.test(path)) {
      read.set(path, readFileSync(path, "utf8"));
    }
  }
}
