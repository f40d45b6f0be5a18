import assert from "node:assert/strict";
import { test } from "node:test";
import { answerError, toError } from "../../src/app/error-answer.ts";
import { Response } from "../../src/app/response.ts";
import { createHttpError } from "../../src/http/http-error.ts";

test("an error stays itself", () => {
  const error = new RangeError("too far");
  assert.equal(toError(error), error);
});

test("another value is told in an error, and is its cause", () => {
  const thrown = { code: 7 };
  const error = toError(thrown);
  assert.deepEqual([error.message, error.cause], ['non-error thrown: {"code":7}', thrown]);
  const named = { toJSON: () => assert.fail("not now"), [Symbol.toStringTag]: "Odd" };
  assert.equal(toError(named).message, "non-error thrown: [object Odd]");
  assert.equal(toError(() => 1).message.startsWith("non-error thrown: "), true);
});

test("a value that resists all description is told too", () => {
  const hostile = {
    toJSON: () => assert.fail("no JSON of me"),
    get [Symbol.toStringTag]() {
      return assert.fail("no name of me");
    },
  };
  assert.match(toError(hostile).message, /^non-error thrown: /);
});

test("the response becomes the answer, and forgets what was set before", () => {
  const response = new Response();
  response.status = 201;
  response.type = "json";
  response.headers.set("etag", '"1"');
  response.body = { secret: true };
  answerError(response, new Error("secret too"));
  assert.deepEqual([response.status, response.body], [500, "Internal Server Error"]);
  assert.deepEqual(response.headerList(), [["content-type", "text/plain; charset=UTF-8"]]);
});

test("headers of the error are copied, so that the next answer starts with the same", () => {
  const error = createHttpError(429);
  error.headers = new Headers({ "retry-after": "3" });
  const response = new Response();
  answerError(response, error);
  response.headers.set("x-more", "1");
  assert.deepEqual([...error.headers], [["retry-after", "3"]]);
  assert.equal(response.headers.get("retry-after"), "3");
});

test("headers that are none are left alone", () => {
  const response = new Response();
  answerError(response, Object.assign(new Error("odd"), { headers: { "x-odd": "1" } }));
  assert.equal(response.headers.has("x-odd"), false);
});
