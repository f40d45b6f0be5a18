import assert from "node:assert/strict";
import { test } from "node:test";
import { concatenate } from "../../src/wire/concatenate.ts";

test("chunks become one array, in order", () => {
  const whole = Uint8Array.of(9, 1, 2, 9);
  assert.deepEqual(
    concatenate([whole.subarray(1, 3), new Uint8Array(0), Uint8Array.of(3)], 3),
    Uint8Array.of(1, 2, 3),
  );
  assert.deepEqual(concatenate([], 0), new Uint8Array(0));
});
