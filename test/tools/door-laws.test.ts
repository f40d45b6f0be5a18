import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { breachesWith, messagesWith } from "./invented-tree.ts";

function manifest(exports: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ exports }, null, 2);
}

function entry(name: string): Record<string, string> {
  return {
    "dodona-source": `./src/${name}.ts`,
    types: `./dist/${name}.d.ts`,
    default: `./dist/${name}.js`,
  };
}

describe("doors", () => {
  it("hold re-exports and comments", () => {
    const code =
      'export { frame } from "./wire/frame.ts";\n// More.\nexport type { A } from "./wire/frame.ts";';
    assert.deepEqual(breachesWith({ "src/mod.ts": code }), []);
  });

  it("hold nothing else", () => {
    const code = `import { frame } from "./wire/frame.ts";\nexport { frame };\n/** A. */\nexport const a = 1;`;
    assert.deepEqual(breachesWith({ "src/mod.ts": code }), [
      "src/mod.ts:2: doors",
      "src/mod.ts:3: doors",
      "src/mod.ts:5: doors",
    ]);
  });

  it("have an entry each", () => {
    const tree = { "src/wired.ts": 'export { frame } from "./wire/frame.ts";' };
    assert.deepEqual(breachesWith(tree), ["src/wired.ts:1: doors"]);
    const entries = manifest({ ".": entry("mod"), "./wired": entry("wired") });
    assert.deepEqual(breachesWith({ ...tree, "package.json": entries }), []);
  });

  it("stand behind each entry", () => {
    const entries = manifest({ ".": entry("mod"), "./gone": entry("gone") });
    const [message = "", ...others] = messagesWith({ "package.json": entries });
    assert.match(message, /^package\.json:8: doors: the entry "\.\/gone" leads to src\/gone\.ts/);
    assert.deepEqual(others, []);
  });

  it("are built under their own names", () => {
    const entries = manifest({ ".": { ...entry("mod"), types: "./dist/module.d.ts" } });
    assert.deepEqual(breachesWith({ "package.json": entries }), ["package.json:3: doors"]);
  });

  it("are not rooms' files", () => {
    const entries = manifest({ ".": entry("mod"), "./frame": entry("wire/frame") });
    assert.deepEqual(breachesWith({ "package.json": entries }), ["package.json:8: doors"]);
  });
});
