import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  chooseFiles,
  commandOf,
  filesFor,
  NODE_ONLY_FOLDERS,
  parseArguments,
} from "../../tools/test-plan.ts";

describe("parseArguments", () => {
  it("asks for everything by default", () => {
    assert.deepEqual(parseArguments([]), { runtimes: ["node", "deno", "bun"], substrings: [] });
  });

  it("tells runtimes from parts of paths", () => {
    assert.deepEqual(parseArguments(["wire/", "bun", "node-server", "node"]), {
      runtimes: ["node", "bun"],
      substrings: ["wire/", "node-server"],
    });
  });

  it("refuses options", () => {
    assert.throws(() => parseArguments(["node", "--watch"]), {
      name: "TypeError",
      message: 'Cannot run tests: "--watch" is no runtime and no part of a path',
    });
  });
});

describe("chooseFiles", () => {
  const paths = [
    "test/wire/frame.test.ts",
    "test/sse/clock.test.ts",
    "test/sse/clock-double.ts",
    "test/a.json",
  ];

  it("takes the tests, sorted", () => {
    assert.deepEqual(chooseFiles(paths, []), ["test/sse/clock.test.ts", "test/wire/frame.test.ts"]);
  });

  it("takes those that match one of the substrings", () => {
    assert.deepEqual(chooseFiles(paths, ["sse/", "clock"]), ["test/sse/clock.test.ts"]);
  });

  it("refuses a substring that matches nothing", () => {
    assert.throws(() => chooseFiles(paths, ["sse/", "clack"]), {
      name: "RangeError",
      message: 'Cannot run tests: no test file\'s path contains "clack"',
    });
  });
});

describe("filesFor", () => {
  it("leaves to Node what is Node's", () => {
    const files = ["test/wire/frame.test.ts", ...NODE_ONLY_FOLDERS.map((folder) => `${folder}a.test.ts`)];
    assert.deepEqual(filesFor("node", files), files);
    assert.deepEqual(filesFor("deno", files), ["test/wire/frame.test.ts"]);
    assert.deepEqual(filesFor("bun", files), ["test/wire/frame.test.ts"]);
  });
});

describe("commandOf", () => {
  it("tests the source on each runtime", () => {
    for (const runtime of ["node", "deno", "bun"] as const) {
      assert.ok(commandOf(runtime, []).args.includes("--conditions=dodona-source"), runtime);
    }
  });

  it("starts Node as it was started itself", () => {
    const { program, args } = commandOf("node", ["test/a.test.ts"]);
    assert.equal(program, process.execPath);
    assert.equal(args.at(-1), "test/a.test.ts");
  });

  it("gives Bun paths that begin with a dot, and time", () => {
    const { program, args } = commandOf("bun", ["test/a.test.ts"]);
    assert.equal(program, "node_modules/.bin/bun");
    assert.deepEqual(args.slice(1, 3), ["--timeout", "60000"]);
    assert.equal(args.at(-1), "./test/a.test.ts");
  });
});
