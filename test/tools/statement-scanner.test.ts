import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maskSource } from "../../tools/source-mask.ts";
import { scanStatements } from "../../tools/statement-scanner.ts";
import { tokenize } from "../../tools/tokens.ts";

function statements(source: string) {
  const { text } = maskSource(source);
  return scanStatements(tokenize(text), text);
}

function kinds(source: string): string[] {
  return statements(source).map(({ kind, name }) => (name === "" ? kind : `${kind} ${name}`));
}

describe("scanStatements", () => {
  it("tells declarations apart", () => {
    const source = `
import a from "./a.ts";
export { a } from "./a.ts";
export type { B } from "./a.ts";
export * from "./b.ts";
export * as c from "./c.ts";
export const d = { e: 1 };
let f = () => { g(); };
export async function* h<T extends { i: 1 }>(j: { k: 1 }): Promise<{ l: 1 }> { m(); }
export default class N extends O<{ p: 1 }> { q() {} }
export abstract class R { constructor(readonly s: string) {} }
export interface T extends U<{ v: 1 }> { w: 1 }
export type X = { y: 1 };
declare global { var z: 1; }
`;
    assert.deepEqual(kinds(source), [
      "import a",
      "export-list",
      "export-list",
      "export-list",
      "export-list",
      "const d",
      "let f",
      "function h",
      "class N",
      "class R",
      "interface T",
      "type X",
      "global",
    ]);
  });

  it("tells the signatures of a function from its body", () => {
    const source = "function a(): void;\nfunction a(b?: 1): { c: 1 } {\n  d();\n}\nconst e = 1;";
    assert.deepEqual(kinds(source), ["function a", "function a", "const e"]);
  });

  it("sees work", () => {
    for (const work of [
      "a();",
      "a.b = 1;",
      "(() => {})();",
      "if (a) { b(); }",
      "import('./a.ts');",
      "'use x';",
    ]) {
      assert.deepEqual(
        kinds(`const a = 1;\n${work}\nconst b = 2;`),
        ["const a", "expression", "const b"],
        work,
      );
    }
  });

  it("ends a statement without a semicolon where the next line begins with a word", () => {
    assert.deepEqual(kinds("const a = 1\nb()\nexport const c = 2"), ["const a", "expression", "const c"]);
  });

  it("takes words that merely look like keywords for names", () => {
    assert.deepEqual(kinds("type = 1;\nmodule.exports = 1;"), ["expression", "expression"]);
  });

  it("sees await outside functions only", () => {
    const awaits = (source: string) => statements(source).some((statement) => statement.awaits);
    assert.equal(awaits("const a = { b: await c };"), true);
    assert.equal(awaits("for await (const a of b) {}"), true);
    assert.equal(awaits("const a = async () => await b;"), false);
    assert.equal(awaits("async function a() { await b; }"), false);
    assert.equal(awaits("class A { async b() { await c; } }"), false);
  });
});
