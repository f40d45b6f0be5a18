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
  answerError(response, new Error("secret too"), null);
  assert.deepEqual([response.status, response.body], [500, "Internal Server Error"]);
  assert.deepEqual(response.headerList(), [["content-type", "text/plain; charset=UTF-8"]]);
});

test("headers of the error are copied, so that the next answer starts with the same", () => {
  const error = createHttpError(429);
  error.headers = new Headers({ "retry-after": "3" });
  const response = new Response();
  answerError(response, error, null);
  response.headers.set("x-more", "1");
  assert.deepEqual([...error.headers], [["retry-after", "3"]]);
  assert.equal(response.headers.get("retry-after"), "3");
});

test("headers that are none are left alone", () => {
  const response = new Response();
  answerError(response, Object.assign(new Error("odd"), { headers: { "x-odd": "1" } }), null);
  assert.equal(response.headers.has("x-odd"), false);
});

test("a client that prefers JSON gets problem details, without what is not exposed", () => {
  const response = new Response();
  for (const [error, expected] of [
    [
      createHttpError(404, "no such book"),
      { type: "about:blank", title: "Not Found", status: 404, detail: "no such book" },
    ],
    [new Error("secret"), { type: "about:blank", title: "Internal Server Error", status: 500 }],
  ] as const) {
    answerError(response, error, "application/json");
    assert.deepEqual(JSON.parse(String(response.body)), expected);
    assert.equal(response.status, expected.status);
    assert.deepEqual(response.headerList(), [["content-type", "application/problem+json"]]);
  }
});

test("another gets text: without a preference, with any type, as a browser", () => {
  for (const accept of [
    null,
    "",
    "*/*",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "text/plain, application/json;q=0.5",
  ]) {
    const response = new Response();
    answerError(response, createHttpError(400, "bad"), accept);
    assert.deepEqual([response.body, response.type], ["bad", "text/plain"]);
  }
});

test("a file that is not there is a 404 that says nothing of it, by each runtime's name", () => {
  for (const error of [
    Object.assign(new Error("ENOENT: no such file, open '/secret/path'"), { code: "ENOENT" }),
    Object.assign(new Error("No such file: /secret/path"), { name: "NotFound" }),
  ]) {
    const response = new Response();
    answerError(response, error, null);
    assert.deepEqual([response.status, response.body], [404, "Not Found"]);
  }
});
