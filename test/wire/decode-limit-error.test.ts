import assert from "node:assert/strict";
import { it } from "node:test";
import { DecodeLimitError } from "../../src/wire/decode-limit-error.ts";

it("a DecodeLimitError tells which limit was passed", () => {
  const error = new DecodeLimitError("event-too-long", 10);
  assert.ok(error instanceof RangeError);
  assert.deepEqual([error.name, error.code, error.limit], ["DecodeLimitError", "event-too-long", 10]);
  assert.equal(error.message, "Cannot decode event: it is longer than 10 UTF-16 code units");
  assert.equal(
    new DecodeLimitError("line-too-long", 5).message,
    "Cannot decode line: it is longer than 5 UTF-16 code units",
  );
});
