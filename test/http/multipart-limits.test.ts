import assert from "node:assert/strict";
import { test } from "node:test";
import { fillMultipartLimits } from "../../src/http/multipart-limits.ts";

test("what is not said has its default", () => {
  assert.deepEqual(fillMultipartLimits({}), {
    maxParts: 1000,
    maxFiles: 100,
    maxFieldBytes: 1_048_576,
    maxFileBytes: Number.POSITIVE_INFINITY,
    maxHeaderBytes: 8192,
  });
  assert.equal(fillMultipartLimits({ maxParts: 0 }).maxParts, 0);
  assert.equal(
    fillMultipartLimits({ maxFiles: Number.POSITIVE_INFINITY }).maxFiles,
    Number.POSITIVE_INFINITY,
  );
});

for (const value of [-1, 1.5, Number.NaN, "7", null]) {
  test(`${value} is no limit`, () => {
    for (const name of ["maxParts", "maxFiles", "maxFieldBytes", "maxFileBytes", "maxHeaderBytes"] as const) {
      assert.throws(() => fillMultipartLimits({ [name]: value as number }), {
        name: "RangeError",
        message: `Cannot read the parts: the limit "${name}" is "${value}"`,
      });
    }
  });
}
