import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "../../src/app/route-path.ts";
import { HttpError } from "../../src/http/http-error.ts";
import { handContext } from "../support/hand-context.ts";

for (const [sent, path] of [
  ["/", "/"],
  ["/a%20b?c", "/a b"],
  ["/ch%C3%AAne", "/chêne"],
  ["/user%2f1", "/user%2f1"],
  ["/100%25", "/100%25"],
  ["/%252f", "/%252f"],
] as const) {
  test(`the path of ${sent} is ${path}`, () => {
    assert.equal(pathOf(handContext(sent)), path);
  });
}

test("a path that is not encoded well is a bad request, and the client is not told", () => {
  for (const sent of ["/%ff", "/%zz", "/%"]) {
    assert.throws(
      () => pathOf(handContext(sent)),
      (error) => error instanceof HttpError && error.status === 400 && !error.expose,
    );
  }
});
