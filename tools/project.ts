/**
 * The project as the laws see it: a map from paths to texts, in memory, so that tests can invent one.
 *
 * @example
 * ```ts
 * const project = new Project(new Map([["src/wire/frame.ts", "..."], ["package.json", "{}"]]));
 * project.sources.length; // 1
 * ```
 *
 * @module
 */

import { SourceFile } from "./source-file.ts";

/** The part of package.json that the laws read. */
export interface Manifest {
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A tree of files, and what was read out of them. */
export class Project {
  /** Every file, by its path from the root. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** The TypeScript files under `src/`, in the order of their paths. */
  readonly sources: readonly SourceFile[];
  readonly manifest: Manifest;

  /** Throws a `SyntaxError` when package.json is there but isn't JSON. */
  constructor(files: ReadonlyMap<string, string>) {
    const paths = [...files.keys()].sort();
    this.files = new Map(paths.map((path) => [path, new SourceFile(path, files.get(path) ?? "")]));
    this.sources = this.under("src").filter((file) => file.path.endsWith(".ts"));
    this.manifest = JSON.parse(files.get("package.json") ?? "{}");
  }

  /** The files of a folder and of its folders, in the order of their paths. */
  under(folder: string): SourceFile[] {
    return [...this.files.values()].filter((file) => file.path.startsWith(`${folder}/`));
  }
}

/**
 * The path that a relative import leads to; it may climb out of the project (`../x`).
 *
 * @param importer The path of the importing file.
 * @param specifier A specifier that begins with a dot.
 */
export function resolveImport(importer: string, specifier: string): string {
  const parts = importer.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") {
      if (parts.length === 0 || parts.at(-1) === "..") parts.push("..");
      else parts.pop();
    } else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
