import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { Context, type ErrorProps } from "../../src/app/context.ts";
import { Request } from "../../src/app/request.ts";
import { Response } from "../../src/app/response.ts";
import { createHttpError, HttpError, httpErrors } from "../../src/http/http-error.ts";
import { BareRequest } from "../support/bare-request.ts";

/** A context on its own, of a request that nobody sent. */
function contextOf(request = new BareRequest(), options = {}): Context {
  return new Context(new Application(), request, {}, options);
}

/** Gives what `work` throws, which must be an `HttpError`. */
function thrownBy(work: () => unknown): HttpError & ErrorProps {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error as HttpError & ErrorProps;
  }
  return assert.fail("nothing was thrown");
}

test("a context holds the application, the request, the response and a state", () => {
  const app = new Application();
  const state = { user: 7 };
  const serverRequest = new BareRequest("/path", { headers: { host: "host.test" } });
  const context = new Context(app, serverRequest, state, { secure: true });
  assert.equal(context.app, app);
  assert.equal(context.state, state);
  assert.ok(context.request instanceof Request && context.response instanceof Response);
  assert.equal(context.request.originalRequest, serverRequest);
  assert.equal(context.request.url.href, "https://host.test/path");
  assert.deepEqual([context.respond, context.eventTarget], [true, undefined]);
});

test("assert throws the error of the status unless its condition holds", () => {
  const context: Context = contextOf();
  for (const truth of [true, 1, "a", {}]) context.assert(truth, 404);
  for (const falsehood of [false, 0, "", null, undefined]) {
    assert.ok(thrownBy(() => context.assert(falsehood, 404)) instanceof httpErrors.NotFound);
  }
  const { status, message } = thrownBy(() => context.assert(false));
  assert.deepEqual([status, message], [500, "Internal Server Error"]);
});

test("throw makes the error of the status, with the message", () => {
  const context = contextOf();
  const error = thrownBy(() => context.throw(425, "too soon"));
  assert.ok(error instanceof httpErrors.TooEarly);
  assert.deepEqual([error.status, error.message, error.expose], [425, "too soon", true]);
  assert.equal(thrownBy(() => context.throw(418)).message, "I'm a teapot");
  assert.throws(() => context.throw(200), RangeError);
});

test("the props are put on the error, and stay as they were", () => {
  const context = contextOf();
  const headers = new Headers({ "retry-after": "3" });
  const props = { expose: true, headers, reason: "moon" };
  for (const raise of [
    () => context.throw(503, "away", props),
    () => context.assert(0, 503, "away", props),
  ]) {
    const error = thrownBy(raise);
    assert.deepEqual([error.expose, error.headers, error.reason], [true, headers, "moon"]);
  }
  assert.deepEqual(Object.keys(props), ["expose", "headers", "reason"]);
  assert.equal(thrownBy(() => context.throw(404, "hidden", { expose: false })).expose, false);
});

test("the props can't make it the error of another status", () => {
  const context = contextOf();
  assert.throws(() => context.throw(404, "odd", { status: 200 }), TypeError);
  assert.throws(() => context.assert(false, 404, "odd", { status: 200 }), TypeError);
});

test("a stream answers the request, at once and once", () => {
  const request = new BareRequest();
  const context = contextOf(request);
  context.response.headers.set("x-own", "1");
  const target = context.sendEvents({ keepAlive: false });
  assert.equal(request.answers.length, 1);
  assert.equal(request.answers[0]?.headers.get("x-own"), "1");
  assert.deepEqual([context.respond, context.response.writable], [false, false]);
  assert.equal(context.sendEvents(), target);
  assert.equal(request.answers.length, 1);
  target.abort("close");
});

test("a request that was answered gets no stream, and its context stays as it was", () => {
  const request = new BareRequest();
  request.respond(new globalThis.Response());
  const context = contextOf(request);
  assert.throws(() => context.sendEvents({ keepAlive: false }), { name: "TypeError", message: /answered/ });
  assert.deepEqual(
    [context.eventTarget, context.respond, context.response.writable],
    [undefined, true, true],
  );
});

test("an error that throw made is the same as one that createHttpError made", () => {
  const { status, message, name, expose } = createHttpError(409, "twice");
  const error = thrownBy(() => contextOf().throw(409, "twice"));
  assert.deepEqual([error.status, error.message, error.name, error.expose], [status, message, name, expose]);
});
