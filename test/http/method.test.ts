import assert from "node:assert/strict";
import { METHODS } from "node:http";
import { test } from "node:test";
import { HTTP_METHODS, isHttpMethod } from "../../src/http/method.ts";

test("each method that the platform knows is one, and QUERY", () => {
  assert.deepEqual(
    METHODS.filter((method) => !isHttpMethod(method)),
    [],
  );
  assert.equal(isHttpMethod("QUERY"), true);
  assert.deepEqual([HTTP_METHODS.length, new Set(HTTP_METHODS).size], [35, 35]);
  assert.deepEqual([...HTTP_METHODS], [...HTTP_METHODS].sort());
});

test("nothing else is one", () => {
  for (const other of ["get", "BREW", "", "constructor", undefined, null, 1, ["GET"]]) {
    assert.equal(isHttpMethod(other), false);
  }
});
