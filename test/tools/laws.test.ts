import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findBreaches, formatBreach } from "../../tools/laws.ts";

describe("findBreaches", () => {
  it("goes by path, then by line", () => {
    const text = "/** A. @module */\nlet a = 1;\nlet b = 2;\n";
    const files = new Map([
      ["src/wire/b.ts", text],
      ["src/wire/a.ts", text],
      ["test/wire/a.test.ts", ""],
      ["test/wire/b.test.ts", ""],
    ]);
    assert.deepEqual(
      findBreaches(files).map(({ path, line }) => `${path}:${line}`),
      ["src/wire/a.ts:2", "src/wire/a.ts:3", "src/wire/b.ts:2", "src/wire/b.ts:3"],
    );
  });

  it("has nothing to say about an empty tree", () => assert.deepEqual(findBreaches(new Map()), []));
});

describe("formatBreach", () => {
  it("gives one line", () => {
    const breach = {
      path: "src/wire/a.ts",
      line: 2,
      law: "import",
      message: "module-level let a: make it a const",
    };
    assert.equal(formatBreach(breach), "src/wire/a.ts:2: import: module-level let a: make it a const");
  });
});
