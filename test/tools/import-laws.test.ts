import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findCycles } from "../../tools/import-laws.ts";
import { breachesWith, messagesWith, moduleOf } from "./invented-tree.ts";

const FRAME = "src/wire/frame.ts";

describe("the lawful tree", () => {
  it("has no breach", () => assert.deepEqual(messagesWith({}), []));
});

describe("floors", () => {
  it("allow imports from the own room and from below", () => {
    const tree = {
      "src/wire/text.ts": 'import { frame } from "./frame.ts";',
      "src/cli/main.ts": 'import { frame } from "../wire/frame.ts";',
    };
    assert.deepEqual(breachesWith(tree), []);
  });

  const forms: readonly (readonly [name: string, statement: (path: string) => string])[] = [
    ["imports", (path) => `import { a } from "${path}";`],
    ["imports of types", (path) => `import type { A } from "${path}";`],
    ["dynamic imports", (path) => `const a = () => import("${path}");`],
    ["re-exports", (path) => `export { a } from "${path}";\nconst b = 1;`],
  ];
  for (const [name, statement] of forms) {
    it(`refuse ${name} that go up`, () => {
      const tree = { "src/sse/target.ts": "", [FRAME]: statement("../sse/target.ts") };
      assert.ok(breachesWith(tree).includes("src/wire/frame.ts:2: floors"));
    });
  }

  it("refuse to go sideways", () => {
    const tree = { "src/http/status.ts": "", [FRAME]: 'import { a } from "../http/status.ts";' };
    const [message = ""] = messagesWith(tree);
    assert.match(message, /wire\/ \(floor 0\) imports src\/http\/status.ts \(floor 0\), sideways/);
  });

  it("refuse a computed import", () => {
    assert.deepEqual(breachesWith({ [FRAME]: "const a = (b) => import(b);" }), [
      "src/wire/frame.ts:2: floors",
    ]);
  });

  it("let nobody import a door", () => {
    const tree = { "src/cli/main.ts": 'import { frame } from "../mod.ts";' };
    assert.deepEqual(breachesWith(tree), ["src/cli/main.ts:2: floors"]);
  });

  it("do not look into comments and strings", () => {
    assert.deepEqual(
      breachesWith({ [FRAME]: `// import "../sse/a.ts"\nconst a = 'from "../sse/a.ts"';` }),
      [],
    );
  });
});

describe("relative imports", () => {
  it("end in .ts", () => {
    const tree = {
      "src/wire/text.ts": "",
      [FRAME]: 'import { a } from "./text.js";\nimport { b } from "./text";',
    };
    assert.deepEqual(breachesWith(tree), ["src/wire/frame.ts:2: resolve", "src/wire/frame.ts:3: resolve"]);
  });

  it("lead to a file", () => {
    assert.deepEqual(breachesWith({ [FRAME]: 'import { a } from "./gone.ts";' }), [
      "src/wire/frame.ts:2: resolve",
    ]);
  });

  it("stay in src", () => {
    const tree = { "test/wire/sample.ts": "", [FRAME]: 'import { a } from "../../test/wire/sample.ts";' };
    assert.deepEqual(breachesWith(tree), ["src/wire/frame.ts:2: resolve"]);
  });
});

describe("Node's modules", () => {
  it("are for the rooms that need them", () => {
    const code = 'import { open } from "node:fs";';
    const tree = {
      "src/servers/node-server.ts": code,
      "src/app/disk-file.ts": code,
      "src/brokers/redis-broker.ts": code,
      "src/cli/main.ts": code,
    };
    assert.deepEqual(breachesWith(tree), []);
  });

  it("are refused elsewhere", () => {
    const code = 'import type { Server } from "node:http";';
    const tree = {
      "src/servers/deno-server.ts": code,
      "src/app/request.ts": code,
      "src/testing/inbox.ts": code,
    };
    assert.deepEqual(breachesWith(tree), [
      "src/app/request.ts:2: node",
      "src/servers/deno-server.ts:2: node",
      "src/testing/inbox.ts:2: node",
    ]);
  });

  it("are refused without their prefix", () => {
    const tree = { "src/cli/main.ts": 'import { open } from "fs/promises";' };
    assert.deepEqual(breachesWith(tree), ["src/cli/main.ts:2: node"]);
  });
});

describe("packages", () => {
  it("are listed in package.json", () => {
    const tree = {
      "src/http/media-type.ts": 'import { lookup } from "mrmime";',
      "src/brokers/nats-broker.ts": 'import type { Stream } from "@nats-io/jetstream/internal";',
    };
    assert.deepEqual(breachesWith(tree), []);
    assert.deepEqual(breachesWith({ "src/http/media-type.ts": 'import { lookup } from "mime";' }), [
      "src/http/media-type.ts:2: packages",
    ]);
  });

  it("are not imported where a browser may run", () => {
    const code = 'import { lookup } from "mrmime";';
    const rooms = ["channel", "client", "sse", "wire"];
    const tree = Object.fromEntries(rooms.map((room) => [`src/${room}/a-${room}.ts`, code]));
    assert.deepEqual(
      breachesWith(tree),
      rooms.map((room) => `src/${room}/a-${room}.ts:2: packages`),
    );
  });
});

describe("cycles", () => {
  it("are printed in full, once", () => {
    const tree = {
      [FRAME]: moduleOf('\nimport { b } from "./b.ts";\n/** A. */\nexport const frame = 1;'),
      "src/wire/b.ts": 'import type { C } from "./c.ts";',
      "src/wire/c.ts": 'import type { Frame } from "./frame.ts";',
    };
    const [message = "", ...others] = messagesWith(tree);
    const cycle = "src/wire/b.ts -> src/wire/c.ts -> src/wire/frame.ts -> src/wire/b.ts";
    assert.ok(message.startsWith(`src/wire/b.ts:2: cycle: imports form a cycle, ${cycle}:`), message);
    assert.deepEqual(others, []);
  });

  it("include a file that imports itself", () => {
    assert.deepEqual(findCycles(new Map([["a", ["a"]]])), [["a"]]);
  });

  it("are found in each knot, the shortest first", () => {
    const graph = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", ["e", "a"]],
      ["e", ["d"]],
      ["f", ["d"]],
    ]);
    assert.deepEqual(findCycles(graph), [
      ["a", "c"],
      ["d", "e"],
    ]);
  });

  it("are not seen where paths only meet again", () => {
    const graph = new Map([
      ["a", ["b", "c"]],
      ["b", ["d"]],
      ["c", ["d"]],
      ["d", []],
    ]);
    assert.deepEqual(findCycles(graph), []);
  });
});
