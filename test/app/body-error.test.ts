import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyTooLarge, bodyUsed, checkBodyLimit, clientLeft, failRead } from "../../src/app/body-error.ts";

test("each fault has its status, and may be told to the client", () => {
  const large = bodyTooLarge(7);
  assert.deepEqual(
    [large.status, large.expose, large.message],
    [413, true, "The body is larger than 7 bytes"],
  );
  const left = clientLeft("reset");
  assert.deepEqual([left.status, left.cause], [400, "reset"]);
  assert.equal(left.message, "The client left before the end of the body");
  assert.ok(bodyUsed() instanceof TypeError);
});

test("a limit is a whole number from 0 on, or Infinity", () => {
  for (const limit of [0, 1, 2 ** 40, Number.POSITIVE_INFINITY]) checkBodyLimit(limit);
  for (const limit of [-1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY, "5", null]) {
    assert.throws(() => checkBodyLimit(limit as number), {
      name: "RangeError",
      message: `Cannot limit the body: "${limit}" is no number of bytes`,
    });
  }
});

test("what a runtime's own reading rejects with is told as all reads tell it", () => {
  const large = bodyTooLarge(7);
  assert.throws(
    () => failRead(large),
    (error) => error === large,
  );
  assert.throws(() => failRead(new TypeError("unusable")), bodyUsed());
  const reset = new Error("reset");
  assert.throws(() => failRead(reset), { status: 400, cause: reset });
});
