/**
 * All laws together: from a tree of files to the places where it breaks them.
 *
 * @example
 * ```ts
 * findBreaches(new Map([["src/wire/frame.ts", 'import "../sse/clock.ts";']]));
 * // [{ path: "src/wire/frame.ts", line: 1, law: "resolve", message: "..." }, ...]
 * ```
 *
 * @module
 */

import { checkDoorContents, checkDoorEntries } from "./door-laws.ts";
import { checkCycles, checkImports } from "./import-laws.ts";
import { checkBarrels, checkComments, checkRuntimeGlobals, checkTime, checkTopLevel } from "./module-laws.ts";
import { Project } from "./project.ts";
import type { Breach } from "./source-file.ts";
import { checkLockFile, checkMirrors, checkNames, checkRooms, checkSizes } from "./tree-laws.ts";

const LAWS: readonly ((project: Project) => Breach[])[] = [
  checkRooms,
  checkNames,
  checkImports,
  checkCycles,
  checkDoorContents,
  checkDoorEntries,
  checkTopLevel,
  checkBarrels,
  checkComments,
  checkRuntimeGlobals,
  checkTime,
  checkSizes,
  checkMirrors,
  checkLockFile,
];

/**
 * Applies every law to a tree.
 *
 * @param files Texts by their paths from the project's root, with slashes.
 * @returns The breaches in the order of their paths and lines.
 */
export function findBreaches(files: ReadonlyMap<string, string>): Breach[] {
  const project = new Project(files);
  return LAWS.flatMap((law) => law(project)).sort(
    (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) || a.line - b.line,
  );
}

/** A breach as one line: `path:line: law: what is wrong and what to do`. */
export function formatBreach({ path, line, law, message }: Breach): string {
  return `${path}:${line}: ${law}: ${message}`;
}
