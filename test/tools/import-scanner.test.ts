// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are source text
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scanImports } from "../../tools/import-scanner.ts";
import { maskSource } from "../../tools/source-mask.ts";

function specifiers(source: string): (string | undefined)[] {
  return scanImports(source, maskSource(source).text).map(({ specifier }) => specifier);
}

describe("scanImports", () => {
  const cases: readonly (readonly [name: string, source: string, ...expected: (string | undefined)[]])[] = [
    ["a default import", 'import a from "./a.ts";', "./a.ts"],
    ["names over lines", 'import {\n  a,\n  type B,\n} from "./a.ts";', "./a.ts"],
    ["a namespace", "import * as a from './a.ts';", "./a.ts"],
    ["a type import", 'import type { A } from "./a.ts";', "./a.ts"],
    ["an import for its effect", 'import "./a.ts";', "./a.ts"],
    ["a re-export", 'export { a } from "./a.ts"; export * from "./b.ts";', "./a.ts", "./b.ts"],
    ["a dynamic import", 'await import("./a.ts");', "./a.ts"],
    ["a type's import", 'type A = import("./a.ts").A;', "./a.ts"],
    ["a dynamic import in a template", 'const a = `${await import("./a.ts")}`;', "./a.ts"],
    ["a computed import", "await import(path); await import(`./a.ts`);", undefined, undefined],
    ["require", 'require("./a.cjs"); require(path);', "./a.cjs"],
    ["no import in a comment", '// import "./a.ts"\n/* from "./b.ts" */'],
    ["no import in a string", `a = 'import "./a.ts"'; b = \`from "./b.ts"\`;`],
    ["no import in a method or a meta property", 'a.import("./a.ts"); import.meta.url; Array.from("ab");'],
    ["no import in a longer word", 'reimport("./a.ts"); $from; _import("a");'],
  ];
  for (const [name, source, ...expected] of cases) {
    it(`reads ${name}`, () => assert.deepEqual(specifiers(source), expected));
  }

  it("gives the place of each mention", () => {
    const source = '\n\nimport a from "./a.ts";';
    assert.equal(scanImports(source, maskSource(source).text)[0]?.start, source.indexOf("from"));
  });
});
