/**
 * Finds the bodies of functions by their braces: declarations, expressions, methods, accessors, and arrows
 * with a block.
 *
 * Without a parser, a brace is judged by what stands before it: `=>` and the `)` of a parameter list begin
 * a body, and so does a return type that follows one. An object type behind `=>` (`type F = () => { ... }`)
 * is taken for a body; the error is on the strict side.
 *
 * @example
 * ```ts
 * findFunctionBodies(tokenize("function f() { }")); // [{ open: 4, close: 5 }]
 * ```
 *
 * @module
 */

import { isWord, type Token } from "./tokens.ts";

/** A function's braces, as indexes of tokens. */
export interface FunctionBody {
  readonly open: number;
  readonly close: number;
}

/** What is known at one depth of brackets. */
interface Depth {
  /** A parameter list was followed by a colon, and the body has not come yet. */
  returnType: boolean;
  /** Open angle brackets within that return type. */
  angles: number;
}

const CONDITION_WORDS: ReadonlySet<string> = new Set("if for while switch catch with await".split(" "));
const BLOCK_WORDS: ReadonlySet<string> = new Set("else do try finally static".split(" "));
/** After these, within a return type, a brace opens an object type. */
const TYPE_BEFORE_BRACE: ReadonlySet<string> = new Set(
  ": | & < , ? => is extends keyof readonly infer".split(" "),
);

/** Lists the bodies in the order of their opening braces; an unclosed body is left out. */
export function findFunctionBodies(tokens: readonly Token[]): FunctionBody[] {
  const bodies: FunctionBody[] = [];
  const depths: Depth[] = [{ returnType: false, angles: 0 }];
  for (const [index, token] of tokens.entries()) {
    const depth = depths.at(-1);
    if (depth === undefined) break;
    if (token.text === "{" && opensBody(tokens, index, depth)) {
      depth.returnType = false;
      if (token.partner >= 0) bodies.push({ open: index, close: token.partner });
    }
    if (token.text === "{" || token.text === "(" || token.text === "[") {
      depths.push({ returnType: false, angles: 0 });
    } else if (token.text === "}" || token.text === ")" || token.text === "]") {
      if (depths.length > 1) depths.pop();
      if (token.text === ")") noteReturnType(tokens, index, depths.at(-1));
    } else {
      followReturnType(token, depth);
    }
  }
  return bodies;
}

function opensBody(tokens: readonly Token[], index: number, depth: Depth): boolean {
  const before = tokens[index - 1];
  if (before === undefined || BLOCK_WORDS.has(before.text)) return false;
  if (before.text === "=>") return depth.angles === 0;
  if (before.text === ")" && closesCondition(tokens, before)) return false;
  if (depth.returnType) return depth.angles === 0 && !TYPE_BEFORE_BRACE.has(before.text);
  return before.text === ")";
}

/** Whether a closing parenthesis ends the head of an `if`, a `for` and the like. */
function closesCondition(tokens: readonly Token[], closer: Token): boolean {
  const head = tokens[closer.partner - 1];
  const isMethodCall = tokens[closer.partner - 2]?.text === ".";
  return head !== undefined && !isMethodCall && CONDITION_WORDS.has(head.text);
}

function noteReturnType(tokens: readonly Token[], index: number, depth: Depth | undefined): void {
  if (depth === undefined || tokens[index + 1]?.text !== ":") return;
  const before = tokens[(tokens[index]?.partner ?? 0) - 1];
  // `a ? (b) : c` and `case (a): ...` look alike, but no brace follows their value without an operator.
  if (before !== undefined && isWord(before) && CONDITION_WORDS.has(before.text)) return;
  depth.returnType = true;
  depth.angles = 0;
}

function followReturnType(token: Token, depth: Depth): void {
  if (!depth.returnType) return;
  if (token.text === "<") depth.angles++;
  else if (token.text === ">") depth.angles--;
  else if (token.text === ";" || token.text === "=") depth.returnType = false;
  else if (token.text === "," && depth.angles === 0) depth.returnType = false;
}
