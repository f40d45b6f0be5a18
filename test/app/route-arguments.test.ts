import assert from "node:assert/strict";
import { test } from "node:test";
import { readRouteArguments } from "../../src/app/route-arguments.ts";

const [first, second] = [() => 1, () => 2];

test("a route is a path and middleware, or a name and these", () => {
  assert.deepEqual(readRouteArguments(["/a", first, second]), {
    name: undefined,
    path: "/a",
    handlers: [first, second],
  });
  assert.deepEqual(readRouteArguments(["name", "/a", first]), {
    name: "name",
    path: "/a",
    handlers: [first],
  });
});

test("middleware may be missing, which is for others to refuse", () => {
  assert.deepEqual(readRouteArguments(["/a"]), { name: undefined, path: "/a", handlers: [] });
  assert.deepEqual(readRouteArguments(["name", "/a"]), { name: "name", path: "/a", handlers: [] });
});
