/**
 * One file of the project as the laws see it: its place, and, read once and on demand, its code.
 *
 * @example
 * ```ts
 * const file = new SourceFile("src/wire/frame.ts", text);
 * file.room; // "wire"
 * file.imports; // [...]
 * ```
 *
 * @module
 */

import { findFunctionBodies } from "./function-scanner.ts";
import { type ImportMention, scanImports } from "./import-scanner.ts";
import { type MaskedSource, maskSource } from "./source-mask.ts";
import { type Statement, scanStatements } from "./statement-scanner.ts";
import { type Token, tokenize } from "./tokens.ts";

/** A law broken, and where. */
export interface Breach {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** The law's short name. */
  readonly law: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** A file and the views of it that the laws ask for. */
export class SourceFile {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  #mask: MaskedSource | undefined;
  #tokens: Token[] | undefined;
  #statements: Statement[] | undefined;
  #imports: ImportMention[] | undefined;
  #lineStarts: number[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** The path's last part. */
  get name(): string {
    return this.path.slice(this.path.lastIndexOf("/") + 1);
  }

  /** The folder right below `src`; empty for a door. */
  get room(): string {
    const parts = this.path.split("/");
    return parts.length > 2 ? (parts[1] ?? "") : "";
  }

  /** Whether it is one of `src/*.ts`. */
  get isDoor(): boolean {
    return this.room === "";
  }

  /** How many lines it has; a last line without a line end counts too. */
  get lineCount(): number {
    const lines = this.#lines.length;
    return this.text.endsWith("\n") || this.text === "" ? lines - 1 : lines;
  }

  /** The text without comments and contents of strings. */
  get mask(): MaskedSource {
    this.#mask ??= maskSource(this.text);
    return this.#mask;
  }

  get tokens(): readonly Token[] {
    this.#tokens ??= tokenize(this.mask.text);
    return this.#tokens;
  }

  /** The statements at its top level. */
  get statements(): readonly Statement[] {
    this.#statements ??= scanStatements(this.tokens, this.mask.text);
    return this.#statements;
  }

  get imports(): readonly ImportMention[] {
    this.#imports ??= scanImports(this.text, this.mask.text);
    return this.#imports;
  }

  /** The first and last lines of its functions' bodies. */
  functionLines(): { first: number; last: number }[] {
    return findFunctionBodies(this.tokens).map(({ open, close }) => ({
      first: this.lineAt(this.tokens[open]?.start ?? 0),
      last: this.lineAt(this.tokens[close]?.start ?? 0),
    }));
  }

  /** The line of an offset, counted from 1. */
  lineAt(offset: number): number {
    const lines = this.#lines;
    let low = 0;
    let high = lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((lines[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** A breach at an offset of this file. */
  breach(offset: number, law: string, message: string): Breach {
    return { path: this.path, line: this.lineAt(offset), law, message };
  }

  get #lines(): readonly number[] {
    if (this.#lineStarts === undefined) {
      this.#lineStarts = [0];
      for (const match of this.text.matchAll(/\n/g)) this.#lineStarts.push(match.index + 1);
    }
    return this.#lineStarts;
  }
}
