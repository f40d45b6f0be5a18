/**
 * Finds what a module imports, by text: static imports, re-exports, `import type`, dynamic `import()`, the
 * `import("...")` of types, and `require()`.
 *
 * @example
 * ```ts
 * const source = 'import { a } from "./a.ts"; // from "./b.ts"';
 * scanImports(source, maskSource(source).text); // [{ specifier: "./a.ts", start: 18 }]
 * ```
 *
 * @module
 */

/** One mention of another module. */
export interface ImportMention {
  /** What is imported; undefined where it is computed and thus can't be read. */
  readonly specifier: string | undefined;
  /** Where the mention begins in the source. */
  readonly start: number;
}

// In masked text a quote right after `from` or `import` can only begin a specifier.
const MENTION = /(?<![.\w$#])(?:(from|import)\s*(?=["'])|(import|require)\s*\(\s*)/g;

/**
 * Lists a module's imports in source order.
 *
 * @param source The text as written, from which the specifiers are read.
 * @param masked The same text without comments and contents of strings.
 */
export function scanImports(source: string, masked: string): ImportMention[] {
  const mentions: ImportMention[] = [];
  for (const match of masked.matchAll(MENTION)) {
    const open = match.index + match[0].length;
    const quote = masked.charAt(open);
    const isString = quote === '"' || quote === "'";
    // A function that merely is called `require` is no concern of ours.
    if (!isString && match[2] === "require") continue;
    const specifier = isString ? source.slice(open + 1, masked.indexOf(quote, open + 1)) : undefined;
    mentions.push({ specifier, start: match.index });
  }
  return mentions;
}
