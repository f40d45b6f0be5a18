import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Application } from "../../src/app/application.ts";
import { Router } from "../../src/app/router.ts";
import { ask, errorsOf } from "../support/asking.ts";

/** What the routes `patterns` make of `path`: the first that matches, and its parameters; else the status. */
async function routeOf(path: string, ...patterns: string[]): Promise<unknown> {
  const router = new Router();
  for (const pattern of patterns) {
    router.get(pattern, (ctx) => {
      ctx.response.body = [pattern, ctx.params];
    });
  }
  const app = new Application({ logErrors: false });
  app.use(router.routes());
  const response = await ask(app, path);
  return response.status === 200 ? response.json() : response.status;
}

test("a slash that came encoded is part of a name", async () => {
  for (const slash of ["%2f", "%2F"]) {
    const expected = ["/:path", { path: "user/1" }];
    assert.deepEqual(await routeOf(`/user${slash}1`, "/user/:id", "/:path"), expected);
    assert.equal(await routeOf(`/user${slash}1`, "/user/:id"), 404);
  }
});

const params: [path: string, id: string][] = [
  ["/a%20b", "a b"],
  ["/%61", "a"],
  ["/ch%C3%AAne", "chêne"],
  ["/chêne", "chêne"],
  ["/%F0%9F%8C%B3", "🌳"],
  ["/%3F%23%26%3D%2B%3B%2C%40%3A%24", "?#&=+;,@:$"],
  ["/a+b", "a+b"],
  ["/100%25", "100%"],
  ["/%252e", "%2e"],
  ["/%252E%252E", "%2E%2E"],
  ["/%252f", "%2f"],
  ["/%25252f", "%252f"],
  ["/%00", "\0"],
];

for (const [path, id] of params) {
  test(`${path} names ${JSON.stringify(id)}: decoded, and once`, async () => {
    assert.deepEqual(await routeOf(path, "/:id"), ["/:id", { id }]);
  });
}

test("a pattern in letters of any script matches the path that encodes them", async () => {
  assert.deepEqual(await routeOf("/ch%C3%AAne", "/chêne"), ["/chêne", {}]);
  assert.deepEqual(await routeOf("/%6Ceaf", "/leaf"), ["/leaf", {}]);
});

for (const path of ["/%ff", "/%C3", "/%", "/%zz", "/a/%E0%A4%A", "/%ED%A0%80"]) {
  test(`${path} is a bad request, and the answer does not repeat it`, async () => {
    const app = new Application({ logErrors: false });
    const errors = errorsOf(app);
    app.use(new Router().get("/:id", () => assert.fail("never reached")).routes());
    const response = await ask(app, path);
    assert.deepEqual([response.status, await response.text()], [400, "Bad Request"]);
    assert.equal(errors.length, 1);
  });
}

test("whatever a name holds, it comes out of the path as it went in", async () => {
  const name = fc
    .oneof(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.array(fc.constantFrom("%", "2", "f", "e", "/", "?", "#", " ", "+", "é", "🌳", "\\"), {
        minLength: 1,
      }),
    )
    .map((text) => (typeof text === "string" ? text : text.join("")))
    .filter((text) => text !== "." && text !== "..");
  await fc.assert(
    fc.asyncProperty(name, async (id) => {
      assert.deepEqual(await routeOf(`/leaf/${encodeURIComponent(id)}`, "/leaf/:id"), ["/leaf/:id", { id }]);
    }),
    { numRuns: 200 },
  );
});

test("whatever a path holds, the answer is one of three", async () => {
  const part = fc.constantFrom(
    "/",
    "%",
    "%2",
    "%2f",
    "%25",
    "%ff",
    "..",
    ".",
    "a",
    "é",
    "%C3%A9",
    ";",
    "\\",
    "//",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      const answer = await routeOf(`/${parts.join("")}`, "/:a", "/:a/:b");
      assert.ok(Array.isArray(answer) || answer === 404 || answer === 400, `${answer}`);
    }),
    { numRuns: 200 },
  );
});
