/**
 * The laws of what a module of `src/` may hold: no state and no work at its top level, no barrel, its
 * documentation, the globals it may use.
 *
 * @module
 */

import { CLOCK_FILES, ROOMS_WITH_CLOCK, RUNTIME_ROOM } from "./floors.ts";
import type { Project } from "./project.ts";
import type { Breach, SourceFile } from "./source-file.ts";
import type { Statement } from "./statement-scanner.ts";

const RUNTIME_GLOBAL = /(?<![\w$#])(?:Deno|Bun)(?![\w$])/g;
/** A method of another object, such as `socket.setTimeout`, is not the global. */
const TIME_GLOBAL =
  /(?<![\w$#.]|[\w$)\]]\?\.)(?:(?:globalThis|self|window)\.)?(setTimeout|setInterval|Date\.now|performance\.now)(?![\w$])/g;

/** No module-level `let` or `var`, no top-level `await`, no statement that does something on import. */
export function checkTopLevel(project: Project): Breach[] {
  return project.sources.flatMap((file) =>
    file.statements.flatMap((statement) => {
      const message = topLevelFault(statement);
      return message === undefined ? [] : [file.breach(statement.start, "import", message)];
    }),
  );
}

/** No file of a room consists of re-exports only. */
export function checkBarrels(project: Project): Breach[] {
  return project.sources.filter(isBarrel).map((file) => {
    const message = "a file of re-exports only is a barrel: let its importers name the files behind it";
    return file.breach(file.statements[0]?.start ?? 0, "barrel", message);
  });
}

/** Each file begins with a `@module` comment, each exported declaration stands under its own comment. */
export function checkComments(project: Project): Breach[] {
  return project.sources.flatMap((file) => {
    const breaches: Breach[] = [];
    if (!hasModuleComment(file)) {
      const message = "the file must begin with a /** ... @module */ comment: what it is, why it exists";
      breaches.push(file.breach(0, "comments", message));
    }
    for (const [index, statement] of file.statements.entries()) {
      if (!statement.exported || statement.kind === "export-list" || hasDocComment(file, statement)) continue;
      if (isLaterSignature(file.statements, index)) continue;
      const what = statement.name === "" ? "this export" : `"${statement.name}"`;
      breaches.push(
        file.breach(statement.start, "comments", `${what} needs a /** ... */ comment right above it`),
      );
    }
    return breaches;
  });
}

/** The globals `Deno` and `Bun` appear only in `servers/`. */
export function checkRuntimeGlobals(project: Project): Breach[] {
  return project.sources
    .filter((file) => file.room !== RUNTIME_ROOM)
    .flatMap((file) =>
      mentions(file, RUNTIME_GLOBAL).map(({ text, start }) =>
        file.breach(
          start,
          "runtime",
          `${text} is for ${RUNTIME_ROOM}/ only: take what is needed as a parameter`,
        ),
      ),
    );
}

/** In the rooms of the event stream, time comes through the `Clock` port. */
export function checkTime(project: Project): Breach[] {
  return project.sources
    .filter((file) => ROOMS_WITH_CLOCK.has(file.room) && !CLOCK_FILES.has(file.name))
    .flatMap((file) =>
      mentions(file, TIME_GLOBAL).map(({ text, start }) =>
        file.breach(
          start,
          "time",
          `${text} is for the clock's file only: ask the Clock port, which tests own`,
        ),
      ),
    );
}

function topLevelFault(statement: Statement): string | undefined {
  const { kind, name, typeOnly, awaits } = statement;
  if (typeOnly) return undefined;
  if (kind === "let" || kind === "var") {
    return `module-level ${kind} ${name}: make it a const, or state of something that lives and ends`;
  }
  if (awaits) return "top-level await: importing must not wait; do this in a function";
  if (kind === "expression") return "this statement runs on import: do it in a function that the user calls";
  if (kind === "import" && !statement.from)
    return "an import for its effect: import what is used by its name";
  return undefined;
}

function isBarrel(file: SourceFile): boolean {
  if (file.isDoor) return false;
  const { statements } = file;
  const lists = statements.filter((statement) => statement.kind === "export-list");
  return lists.length > 0 && statements.every(({ kind }) => kind === "export-list" || kind === "import");
}

function hasModuleComment(file: SourceFile): boolean {
  const [first] = file.mask.comments.filter((comment) => !file.text.startsWith("#!", comment.start));
  if (first === undefined) return false;
  const before = file.text.slice(0, first.start).replace(/^#!.*/, "");
  const comment = file.text.slice(first.start, first.end);
  return before.trim() === "" && comment.startsWith("/**") && /@module\b/.test(comment);
}

/** Looks upwards from a statement, over line comments, for its own `/**` comment. */
function hasDocComment(file: SourceFile, statement: Statement): boolean {
  let below = statement.start;
  for (let index = file.mask.comments.length - 1; index >= 0; index--) {
    const comment = file.mask.comments[index];
    if (comment === undefined || comment.end > below) continue;
    if (file.text.slice(comment.end, below).trim() !== "") return false;
    const text = file.text.slice(comment.start, comment.end);
    if (text.startsWith("/**")) return !/@module\b/.test(text);
    if (!text.startsWith("//")) return false;
    below = comment.start;
  }
  return false;
}

/** Whether a statement is a further signature of the function right before it. */
function isLaterSignature(statements: readonly Statement[], index: number): boolean {
  const [before, own] = [statements[index - 1], statements[index]];
  return own?.kind === "function" && before?.kind === "function" && own.name === before.name;
}

function mentions(file: SourceFile, pattern: RegExp): { text: string; start: number }[] {
  return [...file.mask.text.matchAll(pattern)].map((match) => ({
    text: match[1] ?? match[0],
    start: match.index,
  }));
}
