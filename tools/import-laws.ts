/**
 * The laws of who may import what: floors, doors, Node's modules, npm packages, cycles.
 *
 * @module
 */

import { builtinModules } from "node:module";
import { FLOOR_OF_ROOM, mayImportNode, ROOMS_WITHOUT_PACKAGES } from "./floors.ts";
import type { ImportMention } from "./import-scanner.ts";
import { type Project, resolveImport } from "./project.ts";
import type { Breach, SourceFile } from "./source-file.ts";

/** Each import of `src/`: it can be read, leads to a file, and goes down or stays in its room. */
export function checkImports(project: Project): Breach[] {
  const packages = listedPackages(project);
  return project.sources.flatMap((file) =>
    file.imports.flatMap((mention) => checkImport(project, packages, file, mention)),
  );
}

/** No file of `src/` imports itself, not even through others; `import type` counts. */
export function checkCycles(project: Project): Breach[] {
  const graph = new Map(project.sources.map((file) => [file.path, neighbours(project, file)]));
  return findCycles(graph).map((cycle) => {
    const [first = "", second = first] = cycle;
    const file = project.files.get(first);
    const mention = file?.imports.find((candidate) => targetOf(first, candidate) === second);
    const message = `imports form a cycle, ${[...cycle, first].join(" -> ")}: move what both need to a lower file`;
    return (
      file?.breach(mention?.start ?? 0, "cycle", message) ?? { path: first, line: 1, law: "cycle", message }
    );
  });
}

/**
 * Finds one shortest cycle for each knot of files that import each other.
 *
 * @param graph For each file the files it imports.
 * @returns Each cycle from its first path in alphabetical order, without repeating it at the end.
 */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const spent = new Set<string>();
  for (const start of [...graph.keys()].sort()) {
    if (spent.has(start)) continue;
    const cycle = shortestCycle(graph, start, spent);
    if (cycle === undefined) spent.add(start);
    else {
      cycles.push(cycle);
      for (const path of cycle) spent.add(path);
    }
  }
  return cycles;
}

/** Walks breadth-first from a file until it meets itself; a file in `spent` is not walked through. */
function shortestCycle(
  graph: ReadonlyMap<string, readonly string[]>,
  start: string,
  spent: ReadonlySet<string>,
): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const next of graph.get(path) ?? []) {
      if (next === start) return trail(cameFrom, start, path);
      if (cameFrom.has(next) || spent.has(next)) continue;
      cameFrom.set(next, path);
      queue.push(next);
    }
  }
  return undefined;
}

function trail(cameFrom: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const path = [end];
  for (let at = end; at !== start; ) {
    at = cameFrom.get(at) ?? start;
    path.unshift(at);
  }
  return path;
}

function neighbours(project: Project, file: SourceFile): string[] {
  const targets = file.imports.map((mention) => targetOf(file.path, mention));
  return targets.filter((target) => target !== undefined && project.files.has(target)) as string[];
}

function targetOf(importer: string, { specifier }: ImportMention): string | undefined {
  return specifier?.startsWith(".") ? resolveImport(importer, specifier) : undefined;
}

/** What is installed with the package, and what the build bundles into it. */
function listedPackages({ manifest }: Project): ReadonlySet<string> {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = manifest;
  const lists = [dependencies, devDependencies, peerDependencies, optionalDependencies];
  return new Set(lists.flatMap((list) => Object.keys(list ?? {})));
}

function checkImport(
  project: Project,
  packages: ReadonlySet<string>,
  file: SourceFile,
  mention: ImportMention,
): Breach[] {
  const { specifier, start } = mention;
  const found = (law: string, message: string) => [file.breach(start, law, message)];
  if (specifier === undefined) {
    return found("floors", "a computed import can't be checked: write its specifier as a plain string");
  }
  const quoted = `"${specifier}"`;
  if (specifier.startsWith(".")) return checkRelativeImport(project, file, mention, specifier);
  if (specifier.startsWith("node:")) {
    if (mayImportNode(file.path)) return [];
    return found("node", `${quoted} is for servers/node-*.ts, brokers/, cli/ and files that serve from disk`);
  }
  const name = packageName(specifier);
  if (builtinModules.includes(name) && !packages.has(name)) {
    return found("node", `${quoted} is Node's own module: write "node:${specifier}", where it is allowed`);
  }
  if (ROOMS_WITHOUT_PACKAGES.has(file.room)) {
    return found(
      "packages",
      `${quoted} is a package, and ${file.room}/ imports none: move this to a higher room`,
    );
  }
  if (packages.has(name)) return [];
  return found("packages", `${quoted} is not among the dependencies of package.json: list it there`);
}

function checkRelativeImport(
  project: Project,
  file: SourceFile,
  mention: ImportMention,
  specifier: string,
): Breach[] {
  const found = (law: string, message: string) => [file.breach(mention.start, law, message)];
  const quoted = `"${specifier}"`;
  if (!specifier.endsWith(".ts")) return found("resolve", `${quoted} must end in .ts`);
  const target = project.files.get(resolveImport(file.path, specifier));
  if (target === undefined) return found("resolve", `${quoted} leads to no file: correct its path`);
  if (!target.path.startsWith("src/"))
    return found("resolve", `${quoted} leaves src/: only src/ is published`);
  if (target.isDoor) {
    return found("floors", `${quoted} is a door: import the file behind it`);
  }
  return checkFloors(file, target).flatMap((message) => found("floors", message));
}

function checkFloors(file: SourceFile, target: SourceFile): string[] {
  if (file.isDoor || file.room === target.room) return [];
  const own = FLOOR_OF_ROOM.get(file.room);
  const other = FLOOR_OF_ROOM.get(target.room);
  if (own === undefined || other === undefined || other < own) return [];
  const where = `${file.room}/ (floor ${own}) imports ${target.path} (floor ${other})`;
  const direction = other > own ? "upwards" : "sideways";
  return [`${where}, ${direction}: move what is needed to a lower floor, or take it as a parameter`];
}

function packageName(specifier: string): string {
  const [scope = "", name = ""] = specifier.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}
