/**
 * The laws of the tree: rooms, names, sizes, tests, and what the lock file must not name.
 *
 * @module
 */

import { FLOOR_OF_ROOM } from "./floors.ts";
import type { Project } from "./project.ts";
import type { Breach, SourceFile } from "./source-file.ts";

const MAX_FILE_LINES = 400;
const MAX_MEDIAN_LINES = 150;
const MAX_FUNCTION_LINES = 60;
const CODE_FOLDERS: readonly string[] = ["src", "test", "tools", "examples", "bench"];
const CODE_FILE = /\.(?:ts|js|mjs)$/;
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)+$/;
/** Names that say nothing of what a file holds. */
const EMPTY_NAMES: ReadonlySet<string> = new Set("utils helpers common types index misc shared".split(" "));

/** `src/` holds doors and known rooms, and a room holds files, not folders. */
export function checkRooms(project: Project): Breach[] {
  return project.under("src").flatMap((file) => {
    if (file.isDoor) return [];
    if (!FLOOR_OF_ROOM.has(file.room)) {
      return [
        file.breach(
          0,
          "rooms",
          `src/${file.room}/ is on no floor: use a known room, or give it one in tools/`,
        ),
      ];
    }
    if (file.path.split("/").length === 3) return [];
    return [file.breach(0, "rooms", `a room holds no folders: move this file up into src/${file.room}/`)];
  });
}

/** File names in `src/` are kebab-case, say something, and occur once in the rooms. */
export function checkNames(project: Project): Breach[] {
  const firstOf = new Map<string, SourceFile>();
  return project.under("src").flatMap((file) => {
    const breaches: Breach[] = [];
    const stem = file.name.replace(/\..*/, "");
    if (!KEBAB_CASE.test(file.name)) {
      breaches.push(file.breach(0, "names", `"${file.name}" is not kebab-case: rename it`));
    }
    if (EMPTY_NAMES.has(stem)) {
      breaches.push(file.breach(0, "names", `"${file.name}" says nothing: name it for its main export`));
    }
    // A door may bear the name of what it leads to.
    if (file.isDoor) return breaches;
    const twin = firstOf.get(file.name);
    if (twin === undefined) firstOf.set(file.name, file);
    else breaches.push(file.breach(0, "names", `${twin.path} has the same name: names are unique in src/`));
    return breaches;
  });
}

/** No file is too long, nor the usual file of `src/`, nor a function of it. */
export function checkSizes(project: Project): Breach[] {
  const breaches: Breach[] = [];
  for (const file of CODE_FOLDERS.flatMap((folder) => project.under(folder))) {
    if (!CODE_FILE.test(file.path) || file.lineCount <= MAX_FILE_LINES) continue;
    const message = `the file has ${file.lineCount} lines, more than ${MAX_FILE_LINES}: divide it`;
    breaches.push({ path: file.path, line: MAX_FILE_LINES + 1, law: "sizes", message });
  }
  const middle = median(project.sources.map((file) => file.lineCount));
  if (middle > MAX_MEDIAN_LINES) {
    const message = `the median file has ${middle} lines, more than ${MAX_MEDIAN_LINES}: divide the longest`;
    breaches.push({ path: "src", line: 1, law: "sizes", message });
  }
  return [...breaches, ...project.sources.flatMap(checkFunctions)];
}

/** Each file of a room that has code to run is mirrored by a test. */
export function checkMirrors(project: Project): Breach[] {
  return project.sources
    .filter((file) => !file.isDoor && hasRuntimeCode(file) && !isMirrored(project, file))
    .map((file) => {
      const expected = file.path.replace(/^src/, "test").replace(/\.ts$/, ".test.ts");
      return file.breach(0, "mirror", `no test mirrors this file: write ${expected}`);
    });
}

/** The lock file names no registry: whoever installs chooses theirs. */
export function checkLockFile(project: Project): Breach[] {
  const lock = project.files.get("package-lock.json");
  const hits = [...(lock?.text.matchAll(/"resolved": *"http/g) ?? [])];
  const [first] = hits;
  if (lock === undefined || first === undefined) return [];
  const message = `${hits.length} "resolved" addresses name a registry's host: install without recording them`;
  return [lock.breach(first.index, "lock", message)];
}

function checkFunctions(file: SourceFile): Breach[] {
  return file.functionLines().flatMap(({ first, last }) => {
    const lines = last - first + 1;
    if (lines <= MAX_FUNCTION_LINES) return [];
    const message = `a function of ${lines} lines, more than ${MAX_FUNCTION_LINES}: divide it`;
    return [{ path: file.path, line: first, law: "sizes", message }];
  });
}

function hasRuntimeCode(file: SourceFile): boolean {
  return file.statements.some((statement) => !statement.typeOnly && statement.kind !== "import");
}

function isMirrored(project: Project, file: SourceFile): boolean {
  const stem = file.path.replace(/^src/, "test").replace(/\.ts$/, "");
  if (project.files.has(`${stem}.test.ts`)) return true;
  return project
    .under(stem.slice(0, stem.lastIndexOf("/")))
    .some(
      ({ path }) => path.startsWith(`${stem}.`) && /^[^./]+\.test\.ts$/.test(path.slice(stem.length + 1)),
    );
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2;
}
