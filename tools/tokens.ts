/**
 * Cuts masked source into tokens and pairs their brackets, for the scanners of statements and functions.
 *
 * @example
 * ```ts
 * const tokens = tokenize("f(a)");
 * tokens.map((token) => token.text); // ["f", "(", "a", ")"]
 * tokens[1]?.partner; // 3
 * ```
 *
 * @module
 */

/** One word, number, string or punctuator of masked source. */
export interface Token {
  readonly text: string;
  /** Where it begins in the source. */
  readonly start: number;
  /** The index of the bracket it opens or closes with; -1 for other tokens and unpaired brackets. */
  partner: number;
}

const TOKEN = /[A-Za-z_$#@\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*|"[^"\n]*"|'[^'\n]*'|=>|\S/g;
const CLOSER_OF: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/** Cuts a masked text into tokens; `=>` is one token, other operators come character by character. */
export function tokenize(masked: string): Token[] {
  const tokens: Token[] = [];
  const open: number[] = [];
  for (const match of masked.matchAll(TOKEN)) {
    const token: Token = { text: match[0], start: match.index, partner: -1 };
    const index = tokens.push(token) - 1;
    if (CLOSER_OF.has(token.text)) open.push(index);
    else if (token.text === ")" || token.text === "]" || token.text === "}") pair(tokens, open, index);
  }
  return tokens;
}

/** Whether a token is a name, a keyword or a private name. */
export function isWord(token: Token | undefined): boolean {
  return token !== undefined && /^[A-Za-z_$#\u0080-\uffff]/.test(token.text);
}

function pair(tokens: readonly Token[], open: number[], closerIndex: number): void {
  const openerIndex = open.at(-1);
  const opener = openerIndex === undefined ? undefined : tokens[openerIndex];
  const closer = tokens[closerIndex];
  if (openerIndex === undefined || opener === undefined || closer === undefined) return;
  if (CLOSER_OF.get(opener.text) !== closer.text) return;
  open.pop();
  opener.partner = closerIndex;
  closer.partner = openerIndex;
}
