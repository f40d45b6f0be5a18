import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerAllowedMethods,
  type RouterAllowedMethodsOptions,
} from "../../src/app/router-allowed-methods.ts";
import { HttpError, httpErrors } from "../../src/http/http-error.ts";
import { handContext } from "../support/hand-context.ts";

/** What is answered to `method` where a GET and a PUT are there. */
function answerTo(
  method: string,
  known = true,
  options: RouterAllowedMethodsOptions = {},
  methods = ["GET", "PUT"],
) {
  const context = handContext("/", method);
  const routes = methods.map((one) => ({ methods: [one, "GET"], name: undefined, path: "/" }));
  answerAllowedMethods(context, routes, known, options);
  return [context.response.status, context.response.headers.get("allow")];
}

test("another method is answered with those that there are, each once", () => {
  assert.deepEqual(answerTo("OPTIONS"), [200, "GET, PUT"]);
  assert.deepEqual(answerTo("POST"), [405, "GET, PUT"]);
  assert.deepEqual(answerTo("BREW", false), [501, "GET, PUT"]);
  assert.deepEqual(answerTo("OPTIONS", false), [501, "GET, PUT"]);
});

test("a method that is there has been answered", () => {
  assert.deepEqual(answerTo("PUT"), [undefined, null]);
  assert.deepEqual(answerTo("GET", false), [undefined, null]);
});

test("where no route is, only a method that is not known is told so", () => {
  assert.deepEqual(answerTo("POST", true, {}, []), [undefined, null]);
  assert.deepEqual(answerTo("OPTIONS", true, {}, []), [undefined, null]);
  assert.deepEqual(answerTo("BREW", false, {}, []), [501, null]);
});

test("with throw, the errors know their headers", () => {
  const options = { throw: true };
  assert.throws(
    () => answerTo("POST", true, options),
    (error) =>
      error instanceof HttpError &&
      error instanceof httpErrors.MethodNotAllowed &&
      error.headers?.get("allow") === "GET, PUT",
  );
  assert.throws(() => answerTo("BREW", false, options), httpErrors.NotImplemented);
  assert.throws(() => answerTo("BREW", false, options, []), httpErrors.NotImplemented);
  assert.deepEqual(answerTo("OPTIONS", true, options), [200, "GET, PUT"]);
});

test("with throw, what the callbacks give is thrown; without, they are not asked", () => {
  const made = { methodNotAllowed: () => "not allowed", notImplemented: () => "not implemented" };
  assert.throws(
    () => answerTo("POST", true, { throw: true, ...made }),
    (error) => error === "not allowed",
  );
  assert.throws(
    () => answerTo("BREW", false, { throw: true, ...made }),
    (error) => error === "not implemented",
  );
  assert.deepEqual(answerTo("POST", true, made), [405, "GET, PUT"]);
});
