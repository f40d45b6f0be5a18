// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are source text
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findFunctionBodies } from "../../tools/function-scanner.ts";
import { maskSource } from "../../tools/source-mask.ts";
import { tokenize } from "../../tools/tokens.ts";

/** The bodies found, as written. */
function bodies(source: string): string[] {
  const tokens = tokenize(maskSource(source).text);
  return findFunctionBodies(tokens).map(({ open, close }) =>
    source.slice(tokens[open]?.start, (tokens[close]?.start ?? 0) + 1),
  );
}

describe("findFunctionBodies", () => {
  const cases: readonly (readonly [name: string, source: string, ...expected: string[]])[] = [
    ["a declaration", "function f(a = {}) {1}", "{1}"],
    ["a generic function", "function f<T extends { a: 1 }>(): void {1}", "{1}"],
    ["arrows", "f(() => {1}, async (a): Promise<B> => {2}, b => {3});", "{1}", "{2}", "{3}"],
    ["no object in an arrow", "f(() => ({ a: 1 }));"],
    ["methods", "class A { b() {1} #c(): D {2} get e() {3} constructor() {4} }", "{1}", "{2}", "{3}", "{4}"],
    ["a return type of an object", "function f(): { a: 1 } {1}", "{1}"],
    ["a return type of a union", "function f(): { a: 1 } | undefined {1}", "{1}"],
    ["a return type with arguments", "function f(): Map<string, { a: 1 }> {1}", "{1}"],
    ["a type guard", "function f(a: A): a is { b: 1 } {1}", "{1}"],
    ["nested functions", "function f() { return () => {1}; }", "{ return () => {1}; }", "{1}"],
    ["no control blocks", "if (a) {} else {} for (;;) {} while (a) {} switch (a) {} try {} catch (e) {}"],
    ["no control block after a case", "switch (a) { case f(b): if (c) {} break; case (d): {} default: {} }"],
    ["no object after a ternary", "a = b ? f(c) : { d: 1 }; if (e) {}"],
    ["no class body", "class A extends f(B) implements C { d = 1; static { e(); } }"],
    [
      "braces in strings and templates",
      "function f() { return `${'}'}}` + /}/; }",
      "{ return `${'}'}}` + /}/; }",
    ],
  ];
  for (const [name, source, ...expected] of cases) {
    it(`finds ${name}`, () => assert.deepEqual(bodies(source), expected));
  }
});
