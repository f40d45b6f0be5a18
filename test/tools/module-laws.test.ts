import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { breachesWith, messagesWith, moduleOf } from "./invented-tree.ts";

/** The laws that a body of `src/sse/target.ts` breaks, with their lines. */
function broken(body: string, path = "src/sse/target.ts"): string[] {
  return breachesWith({ [path]: moduleOf(body) }).map((breach) => breach.slice(path.length + 1));
}

describe("the top level", () => {
  it("may hold constants, functions, classes and types", () => {
    const body = `
const a = new Map([[1, 2]]);
function b() { let c = 1; var d = c; return d; }
class E { f() { let g = 1; g++; } }
declare let h: number;
type I = 1;
const j = async () => await k();`;
    assert.deepEqual(broken(body), []);
  });

  const work: readonly string[] = [
    "let a = 1;",
    "var a = 1;",
    "let a = 1\nconst b = 2;",
    "const a = await b();",
    "await a();",
    "a();",
    "(() => {})();",
    "globalThis.a = 1;",
    "if (a) { b(); }",
    "for (const a of b) { c(); }",
    'import "../wire/frame.ts";',
    'import("../wire/frame.ts");',
  ];
  for (const body of work) {
    it(`refuses ${JSON.stringify(body)}`, () => assert.deepEqual(broken(body), ["2: import"]));
  }
});

describe("barrels", () => {
  it("are refused in a room", () => {
    assert.deepEqual(broken('export { frame } from "../wire/frame.ts";'), ["2: barrel"]);
    assert.deepEqual(broken('import { frame } from "../wire/frame.ts";\nexport { frame };'), ["2: barrel"]);
  });

  it("are not files that also declare", () => {
    assert.deepEqual(broken('export { frame } from "../wire/frame.ts";\nconst a = 1;'), []);
  });
});

describe("comments", () => {
  it("stand above each export", () => {
    const body = `
/** A. */
export const a = 1;
/** B. */
// A reason.
export function b(): void;
export function b(c?: 1): void {}
export { a as d };`;
    assert.deepEqual(broken(body), []);
  });

  const undocumented: readonly (readonly [name: string, body: string])[] = [
    ["no comment", "const b = 1;\nexport const a = 1;"],
    ["a line comment", "// A.\nexport class A {}"],
    ["a plain comment", "/* A. */\nexport interface A {}"],
    ["the comment of another", "/** B. */ const b = 1;\nexport type A = 1;"],
  ];
  for (const [name, body] of undocumented) {
    it(`are missing where there is ${name}`, () => assert.deepEqual(broken(body), ["3: comments"]));
  }

  it("are missing where there is only the module's", () => {
    assert.deepEqual(broken("export const a = 1;"), ["2: comments"]);
  });

  it("name the undocumented export", () => {
    const [message = ""] = messagesWith({ "src/sse/target.ts": "export const enum Kind {}" });
    assert.match(message, /"Kind" needs/);
  });

  it("begin each file", () => {
    const late = "/* Licence. */\n/** A. @module */\nconst a = 1;\n";
    assert.deepEqual(breachesWith({ "src/sse/target.ts": late }), ["src/sse/target.ts:1: comments"]);
    assert.deepEqual(breachesWith({ "src/sse/target.ts": "/** A. */\nconst a = 1;" }), [
      "src/sse/target.ts:1: comments",
    ]);
  });
});

describe("the globals of a runtime", () => {
  it("are for servers/", () => {
    assert.deepEqual(broken("const a = () => Deno.serve(Bun);", "src/servers/deno-server.ts"), []);
  });

  it("are refused elsewhere", () => {
    assert.deepEqual(broken("const a = () => Deno.serve();"), ["2: runtime"]);
    assert.deepEqual(broken("const a = () => globalThis.Bun?.serve();"), ["2: runtime"]);
    assert.deepEqual(broken(`const a = () => \`\${Deno.pid}\`;`), ["2: runtime"]);
  });

  it("may be spoken of", () => {
    assert.deepEqual(broken('// Deno\nconst a = "Bun";\nconst DenoLike = isBun;'), []);
  });
});

describe("time", () => {
  const uses: readonly string[] = [
    "const a = () => setTimeout(b, 1);",
    "const a = () => globalThis.setInterval(b, 1);",
    "const a = () => Date.now();",
    "const a = () => performance.now();",
  ];
  for (const use of uses) {
    it(`is refused as ${JSON.stringify(use)}`, () => {
      for (const room of ["sse", "client", "channel", "brokers"]) {
        assert.deepEqual(broken(use, `src/${room}/target.ts`), ["2: time"], room);
      }
    });
    it(`is granted as ${JSON.stringify(use)} to clocks and to other rooms`, () => {
      assert.deepEqual(broken(use, "src/sse/clock.ts"), []);
      assert.deepEqual(broken(use, "src/sse/system-clock.ts"), []);
      assert.deepEqual(broken(use, "src/servers/drain.ts"), []);
    });
  }

  it("is not another object's method, nor a longer word", () => {
    assert.deepEqual(broken("const a = () => socket.setTimeout(1) ?? socket?.setTimeout(1);"), []);
    assert.deepEqual(broken("const a = () => resetTimeout() ?? Date.nowhere;"), []);
  });
});
