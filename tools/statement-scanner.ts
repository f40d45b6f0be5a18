/**
 * Lists the statements at the top level of a module: what it imports, declares, exports and does.
 *
 * A statement ends at its semicolon, at its body's closing brace, or, where a semicolon was left out, at the
 * next line that begins with a word in the first column, which is how the formatter lays out our files.
 *
 * @example
 * ```ts
 * scanStatements(tokenize("export const a = 1;"), "export const a = 1;"); // kind "const", exported, name "a"
 * ```
 *
 * @module
 */

import { findFunctionBodies } from "./function-scanner.ts";
import { isWord, type Token } from "./tokens.ts";

/** One statement at the top level of a module. */
export interface Statement {
  /** A declaration's keyword; `export-list` for `export { }` and `export *`; `expression` for all work. */
  readonly kind: string;
  /** The declared name; empty where there is none or it is a pattern. */
  readonly name: string;
  /** Where its first token begins in the source. */
  readonly start: number;
  readonly exported: boolean;
  /** Leaves nothing to run: types, interfaces, `declare`, `import type`, `export type`. */
  readonly typeOnly: boolean;
  /** Ends in a module specifier: `import ... from` and `export ... from`. */
  readonly from: boolean;
  /** Waits outside any function, as far as the text before the first arrow or function shows. */
  readonly awaits: boolean;
}

const MODIFIERS: ReadonlySet<string> = new Set(["export", "default", "declare", "abstract", "async"]);
const BODY_KINDS: ReadonlySet<string> = new Set([
  "class",
  "interface",
  "enum",
  "namespace",
  "module",
  "global",
]);
const VARIABLE_KINDS: ReadonlySet<string> = new Set(["const", "let", "var", "using"]);

/** Reads the top level of a module, in order. */
export function scanStatements(tokens: readonly Token[], masked: string): Statement[] {
  const bodies = new Map(findFunctionBodies(tokens).map((body) => [body.open, body.close]));
  const statements: Statement[] = [];
  let index = 0;
  while (index < tokens.length) {
    if (tokens[index]?.text === ";") {
      index++;
      continue;
    }
    const head = readHead(tokens, index);
    const end = findEnd(tokens, masked, head, bodies);
    statements.push(describe(tokens, index, head, end));
    index = end;
  }
  return statements;
}

interface Head {
  readonly kind: string;
  readonly modifiers: ReadonlySet<string>;
  /** The index of the token that gives the kind. */
  readonly at: number;
}

function readHead(tokens: readonly Token[], start: number): Head {
  const modifiers = new Set<string>();
  let at = start;
  while (MODIFIERS.has(tokens[at]?.text ?? "")) modifiers.add(tokens[at++]?.text ?? "");
  return { kind: kindOf(tokens, at, modifiers), modifiers, at };
}

function kindOf(tokens: readonly Token[], at: number, modifiers: ReadonlySet<string>): string {
  const text = tokens[at]?.text ?? "";
  const next = tokens[at + 1];
  if (text === "import") return next?.text === "(" || next?.text === "." ? "expression" : "import";
  if (modifiers.has("export") && !modifiers.has("default")) {
    if (text === "{" || text === "*") return "export-list";
    if (text === "type" && (next?.text === "{" || next?.text === "*")) return "export-list";
  }
  if (text === "const" && next?.text === "enum") return "enum";
  if (text === "function" || VARIABLE_KINDS.has(text)) return text;
  if (text === "class") return text;
  if (text === "global" && modifiers.has("declare")) return text;
  if (text === "module" && modifiers.has("declare")) return text;
  if ((text === "type" || BODY_KINDS.has(text)) && isWord(next)) return text;
  return modifiers.has("default") ? "default" : "expression";
}

/** The index after a statement's last token. */
function findEnd(
  tokens: readonly Token[],
  masked: string,
  head: Head,
  bodies: ReadonlyMap<number, number>,
): number {
  let angles = 0;
  for (let index = head.at; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.text === ";") return index + 1;
    if (index > head.at && beginsLine(tokens, index, masked)) return index;
    if (token.text === "<") angles++;
    if (token.text === ">") angles--;
    if (token.text === "{") {
      const close = bodies.get(index);
      if (head.kind === "function" && close !== undefined) return close + 1;
      if (BODY_KINDS.has(head.kind) && angles <= 0) return Math.max(token.partner, index) + 1;
    }
    if (token.partner > index) index = token.partner;
  }
  return tokens.length;
}

/** Whether a token begins a new statement for want of a semicolon before it. */
function beginsLine(tokens: readonly Token[], index: number, masked: string): boolean {
  const token = tokens[index];
  const before = tokens[index - 1];
  if (!isWord(token) || token === undefined || before === undefined) return false;
  const firstColumn = token.start === 0 || masked.charAt(token.start - 1) === "\n";
  return firstColumn && (isWord(before) || /^[\d)\]}>"'`/]/.test(before.text));
}

function describe(tokens: readonly Token[], start: number, head: Head, end: number): Statement {
  const own = tokens.slice(start, end);
  const from = hasFrom(own);
  const nameAt = tokens[head.at + 1]?.text === "enum" || tokens[head.at + 1]?.text === "*" ? 2 : 1;
  const name = tokens[head.at + nameAt];
  const typeWord = tokens[head.at + (head.kind === "import" ? 1 : 0)]?.text === "type";
  return {
    kind: head.kind,
    name: head.kind !== "expression" && head.kind !== "export-list" && isWord(name) ? (name?.text ?? "") : "",
    start: tokens[start]?.start ?? 0,
    exported: head.modifiers.has("export"),
    typeOnly: head.modifiers.has("declare") || head.kind === "interface" || typeWord,
    from,
    awaits: awaitsOutsideFunctions(own, head.kind),
  };
}

function hasFrom(tokens: readonly Token[]): boolean {
  return tokens.some((token, index) => token.text === "from" && /^["']/.test(tokens[index + 1]?.text ?? ""));
}

function awaitsOutsideFunctions(tokens: readonly Token[], kind: string): boolean {
  if (kind === "function" || kind === "import" || BODY_KINDS.has(kind)) return false;
  for (const token of tokens) {
    if (token.text === "await") return true;
    if (token.text === "=>" || token.text === "function" || token.text === "class") return false;
  }
  return false;
}
