import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findBreaches } from "../../tools/laws.ts";
import { breachesWith, messagesWith, moduleOf } from "./invented-tree.ts";

function lines(count: number): string {
  return "//\n".repeat(count);
}

/** A module that holds a function whose body has so many lines, braces included. */
function functionOf(count: number): string {
  return moduleOf(`const a = () => {\n${"b();\n".repeat(count - 2)}};`);
}

describe("rooms", () => {
  it("are known", () => {
    assert.deepEqual(breachesWith({ "src/hub/mercure.ts": "const a = 1;" }), []);
    assert.deepEqual(breachesWith({ "src/attic/mercure.ts": "const a = 1;" }), [
      "src/attic/mercure.ts:1: rooms",
    ]);
  });

  it("hold no folders", () => {
    assert.deepEqual(breachesWith({ "src/wire/deep/text.ts": "const a = 1;" }), [
      "src/wire/deep/text.ts:1: rooms",
    ]);
  });
});

describe("names", () => {
  it("are kebab-case", () => {
    assert.deepEqual(breachesWith({ "src/wire/utf8-reader.ts": "const a = 1;" }), []);
    for (const name of ["textBuffer", "Text", "text_buffer", "text-", "-text"]) {
      const path = `src/wire/${name}.ts`;
      assert.deepEqual(breachesWith({ [path]: "const a = 1;" }), [`${path}:1: names`]);
    }
  });

  it("say something, whatever the extension", () => {
    const tree = { "src/http/types.ts": "const a = 1;", "src/wire/utils.json": "{}" };
    assert.deepEqual(breachesWith(tree), ["src/http/types.ts:1: names", "src/wire/utils.json:1: names"]);
  });

  it("occur once in the rooms, and a door may bear the name of what it leads to", () => {
    const tree = { "src/http/frame.ts": "const a = 1;" };
    assert.deepEqual(breachesWith(tree), ["src/wire/frame.ts:1: names"]);
    assert.deepEqual(breachesWith({ "src/http/mod.ts": "const a = 1;" }), []);
  });
});

describe("sizes", () => {
  it("end a file at 400 lines, everywhere", () => {
    const paths = ["bench/a.mjs", "examples/a.js", "src/wire/text.ts", "test/wire/a.test.ts", "tools/a.ts"];
    const treeOf = (text: string) => Object.fromEntries(paths.map((path) => [path, text]));
    assert.deepEqual(breachesWith(treeOf(`/** A. @module */\n${lines(399)}`)), []);
    assert.deepEqual(
      breachesWith(treeOf(`/** A. @module */\n${lines(400)}`)),
      paths.map((path) => `${path}:401: sizes`),
    );
  });

  it("leave other files alone", () => {
    assert.deepEqual(breachesWith({ "examples/a.html": lines(500) }), []);
  });

  it("hold the median of src at 150 lines", () => {
    const treeOf = (count: number) => ({
      "src/http/a.ts": `/** A. @module */\n${lines(count - 1)}`,
      "src/http/b.ts": `/** B. @module */\n${lines(count - 1)}`,
      "src/http/c.ts": `/** C. @module */\n${lines(count - 1)}`,
    });
    assert.deepEqual(breachesWith(treeOf(150)), []);
    assert.deepEqual(breachesWith(treeOf(151)), ["src:1: sizes"]);
  });

  it("end a function at 60 lines", () => {
    assert.deepEqual(breachesWith({ "src/wire/text.ts": functionOf(60) }), []);
    const [message = ""] = messagesWith({ "src/wire/text.ts": functionOf(61) });
    assert.match(message, /^src\/wire\/text\.ts:2: sizes: a function of 61 lines/);
  });

  it("do not end a class at 60 lines", () => {
    const body = `class A {\n${"b() {}\n".repeat(80)}}`;
    assert.deepEqual(breachesWith({ "src/wire/text.ts": moduleOf(body) }), []);
  });
});

describe("mirrors", () => {
  const breaches = (tree: Readonly<Record<string, string>>) =>
    findBreaches(new Map(Object.entries(tree))).map(({ path, law }) => `${path}: ${law}`);

  it("are one test or one for each aspect", () => {
    const code = moduleOf("const a = 1;");
    assert.deepEqual(breaches({ "src/wire/a.ts": code, "test/wire/a.test.ts": "" }), []);
    assert.deepEqual(breaches({ "src/wire/a.ts": code, "test/wire/a.split-utf8.test.ts": "" }), []);
  });

  it("are missed", () => {
    const code = moduleOf("const a = 1;");
    assert.deepEqual(breaches({ "src/wire/a.ts": code }), ["src/wire/a.ts: mirror"]);
    const others = { "test/wire/ab.test.ts": "", "test/http/a.test.ts": "", "test/wire/a.ts": "" };
    assert.deepEqual(breaches({ "src/wire/a.ts": code, ...others }), ["src/wire/a.ts: mirror"]);
  });

  it("are not asked of types", () => {
    const code = moduleOf(
      'import type { B } from "./b.ts";\n/** A. */\nexport interface A { b: B }\ntype C = A;',
    );
    const tree = { "src/wire/a.ts": code, "src/wire/b.ts": moduleOf("/** B. */\nexport type B = 1;") };
    assert.deepEqual(breaches(tree), []);
  });
});

describe("the lock file", () => {
  const lockOf = (resolved: string) => JSON.stringify({ packages: { a: { resolved } } }, null, 2);

  it("names no host", () => {
    assert.deepEqual(breachesWith({ "package-lock.json": lockOf("https://registry.example/a.tgz") }), [
      "package-lock.json:4: lock",
    ]);
  });

  it("may name folders of the project", () => {
    assert.deepEqual(breachesWith({ "package-lock.json": lockOf("bench") }), []);
  });
});
