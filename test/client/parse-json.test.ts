import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSourceError } from "../../src/client/client-error.ts";
import { parseJson } from "../../src/client/parse-json.ts";

test("the data is parsed, and the rest is left as it is", () => {
  const event = { type: "tick", data: "[1]", lastEventId: "7" };
  assert.deepEqual(parseJson(event), { type: "tick", data: [1], lastEventId: "7" });
});

test("data that is no JSON is quoted by the error, as far as it is short", () => {
  assert.throws(
    () => parseJson({ type: "message", data: `{${"x".repeat(1000)}`, lastEventId: "" }),
    (error) => error instanceof EventSourceError && error.code === "not-json" && error.message.length < 150,
  );
});
