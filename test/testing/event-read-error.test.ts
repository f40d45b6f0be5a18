import assert from "node:assert/strict";
import { test } from "node:test";
import { EventReadError } from "../../src/testing/event-read-error.ts";

test("it carries what came, the answer and the cause", () => {
  const response = new Response();
  const arrived = [{ type: "a", data: "1", lastEventId: "" }];
  const cause = new Error("reset");
  const error = new EventReadError("failed", "Cannot", { arrived, response, cause });
  assert.ok(error instanceof Error);
  assert.deepEqual(
    [error.name, error.code, error.message, error.arrived, error.response, error.cause],
    ["EventReadError", "failed", "Cannot", arrived, response, cause],
  );
  const bare = new EventReadError("ended", "Cannot", { response });
  assert.deepEqual([bare.arrived, "cause" in bare], [[], false]);
});
