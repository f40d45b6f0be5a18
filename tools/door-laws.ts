/**
 * The laws of doors: they hold re-exports only, and package.json's `exports` names each of them.
 *
 * @module
 */

import type { Project } from "./project.ts";
import type { Breach } from "./source-file.ts";

/** A file right below `src/` contains nothing but comments and `export ... from`. */
export function checkDoorContents(project: Project): Breach[] {
  return project.sources
    .filter((file) => file.isDoor)
    .flatMap((file) =>
      file.statements
        .filter((statement) => statement.kind !== "export-list" || !statement.from)
        .map((statement) =>
          file.breach(
            statement.start,
            "doors",
            "a door holds only `export ... from`: move this into a room and re-export it",
          ),
        ),
    );
}

/** Each entry of `exports` has its door, each door its entry, and an entry's targets agree. */
export function checkDoorEntries(project: Project): Breach[] {
  const breaches: Breach[] = [];
  const named = new Set<string>();
  const found = (entry: string, message: string) =>
    breaches.push({ path: "package.json", line: entryLine(project, entry), law: "doors", message });
  for (const [entry, targets] of Object.entries(project.manifest.exports ?? {})) {
    if (typeof targets === "string" && targets.endsWith(".json")) continue;
    const { "dodona-source": source, types, default: built } = conditions(targets);
    const name = source?.match(/^\.\/src\/([^/]+)\.ts$/)?.[1];
    if (name === undefined) {
      found(entry, `the entry "${entry}" needs a "dodona-source" of the form ./src/<door>.ts`);
      continue;
    }
    named.add(`src/${name}.ts`);
    if (!project.files.has(`src/${name}.ts`)) {
      found(entry, `the entry "${entry}" leads to src/${name}.ts, which does not exist: write it`);
    }
    if (types !== `./dist/${name}.d.ts` || built !== `./dist/${name}.js`) {
      found(
        entry,
        `the entry "${entry}" must lead to dist/${name}.d.ts ("types") and dist/${name}.js ("default")`,
      );
    }
  }
  for (const file of project.sources) {
    if (!file.isDoor || named.has(file.path)) continue;
    const message = 'no entry of "exports" in package.json leads to this door: add one, or move the file';
    breaches.push(file.breach(0, "doors", message));
  }
  return breaches;
}

function conditions(targets: unknown): Readonly<Record<string, string | undefined>> {
  return typeof targets === "object" && targets !== null ? (targets as Record<string, string>) : {};
}

function entryLine(project: Project, entry: string): number {
  const manifest = project.files.get("package.json");
  const offset = manifest?.text.indexOf(`"${entry}":`) ?? -1;
  return offset < 0 ? 1 : (manifest?.lineAt(offset) ?? 1);
}
