import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { Context, type ErrorProps } from "../../src/app/context.ts";
import { InFlight } from "../../src/app/in-flight.ts";
import { Request } from "../../src/app/request.ts";
import { Response } from "../../src/app/response.ts";
import type { ServerRequest, UpgradeOptions } from "../../src/app/server-request.ts";
import { createHttpError, HttpError, httpErrors } from "../../src/http/http-error.ts";
import { compileProxyTrust } from "../../src/http/proxy-trust.ts";
import { SecureCookieMap } from "../../src/http/secure-cookie-map.ts";
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

test("the cookies of the request can be read, and those of the response set and signed", async () => {
  const app = new Application({ keys: ["secret1"] });
  const request = new BareRequest("/", { headers: { cookie: "a=1; b=2" } });
  const context = new Context(app, request, {});
  assert.ok(context.cookies instanceof SecureCookieMap);
  assert.equal(context.cookies, context.cookies);
  assert.equal(await context.cookies.get("a", { signed: false }), "1");
  assert.equal(await context.cookies.get("b"), undefined, "it is not signed");
  await context.cookies.set("bar", "foo");
  assert.deepEqual(context.response.headers.getSetCookie(), [
    "bar=foo; path=/; httponly",
    "bar.sig=S7GhXzJF3n4j8JwTupr7H-h25qtt_vs0stdETXZb-Ro; path=/; httponly",
  ]);
});

test("a secure cookie needs a secure connection, of the client's own or to a believed proxy", async () => {
  const headers = { "x-forwarded-proto": "https" };
  const cookieBy = (options: object) =>
    contextOf(new BareRequest("/", { headers }), options).cookies.set("a", "1", {
      secure: true,
      signed: false,
    });
  await assert.rejects(cookieBy({}), { name: "TypeError", message: /unencrypted/ });
  await cookieBy({ secure: true });
  await cookieBy({ proxy: compileProxyTrust(true) });
});

const asksForSocket = { upgrade: "WebSocket", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };

test("a request is upgradable that asks for a WebSocket with a key", () => {
  const isUpgradable = (headers: Record<string, string>) =>
    contextOf(new BareRequest("/", { headers })).isUpgradable;
  assert.equal(isUpgradable(asksForSocket), true);
  assert.equal(isUpgradable({}), false);
  assert.equal(isUpgradable({ ...asksForSocket, "sec-websocket-key": "" }), false);
  assert.equal(isUpgradable({ ...asksForSocket, upgrade: "h2c" }), false);
});

/** A request whose server can make it a WebSocket. */
class UpgradableRequest extends BareRequest {
  readonly upgrades: (UpgradeOptions | undefined)[] = [];
  readonly socket = new EventTarget() as WebSocket;

  upgrade(options?: UpgradeOptions): WebSocket {
    if (this.getHeader("upgrade") === null)
      throw new TypeError("Cannot upgrade the request: it asks for none");
    this.upgrades.push(options);
    return this.socket;
  }
}

test("an upgrade answers the request with a WebSocket, once, and it is counted", () => {
  const request = new UpgradableRequest("/", { headers: asksForSocket });
  const inFlight = new InFlight();
  const context = contextOf(request, { inFlight });
  const options = { protocol: "chat" };
  const socket = context.upgrade(options);
  assert.ok(socket === request.socket && context.socket === socket && context.upgrade() === socket);
  assert.deepEqual([request.upgrades, context.respond, context.response.writable], [[options], false, false]);
  assert.equal(inFlight.sockets, 1);
  socket.dispatchEvent(new Event("close"));
  assert.equal(inFlight.sockets, 0);
});

test("what can't be upgraded stays as it was", () => {
  for (const [request, message] of [
    [new BareRequest(), "Web sockets upgrade not supported in this runtime."],
    [new UpgradableRequest(), "Cannot upgrade the request: it asks for none"],
  ] as const) {
    const context = contextOf(request);
    assert.throws(() => context.upgrade(), { name: "TypeError", message });
    assert.deepEqual([context.socket, context.respond, context.response.writable], [undefined, true, true]);
  }
});

test("send gives the file of the path, or of another", async () => {
  const context = contextOf(
    new BareRequest("/fixtures/localhost-cert.pem", { headers: { host: "host.test" } }),
  );
  const root = new URL("..", import.meta.url).pathname;
  assert.ok((await context.send({ root }))?.endsWith("localhost-cert.pem"));
  assert.ok((await context.send({ root, path: "/app/context.test.ts" }))?.endsWith("context.test.ts"));
  await assert.rejects(context.send({ root, path: "/missing" }), { status: 404 });
});

test("a server's request need have no more than oak's have", async () => {
  const answers: globalThis.Response[] = [];
  const request: ServerRequest = {
    method: "GET",
    url: "/a",
    headers: new Headers({ host: "host.test", accept: "text/html" }),
    remoteAddr: "192.0.2.1",
    getBody: () => null,
    respond: (response) => void answers.push(response),
    error: () => undefined,
  };
  const app = new Application();
  const context = new Context(app, request, {});
  assert.equal(context.request.url.href, "http://host.test/a");
  assert.equal(context.request.accepts("json", "html"), "html");
  assert.equal(context.request.signal.aborted, false);
  context.sendEvents({ keepAlive: false }).abort("close");
  assert.equal(answers[0]?.headers.get("content-type"), "text/event-stream");
});

test("a reader is turned away for now by a stream that ends, and for ever by 204", async () => {
  const request = new BareRequest();
  const inFlight = new InFlight();
  const context = contextOf(request, { inFlight });
  context.response.headers.set("x-set", "before");
  context.refuseEvents({ retryWindowMs: [9, 9] });
  assert.deepEqual([context.respond, context.eventTarget?.closeReason], [false, "refused"]);
  const [answer] = request.answers;
  assert.deepEqual([answer?.status, answer?.headers.get("x-set")], [200, "before"]);
  assert.match((await answer?.text()) ?? "", /^:[^\n]*\nretry: 9\n$/);
  assert.throws(() => context.refuseEvents(), { name: "TypeError", message: /answered already/ });
  assert.deepEqual([inFlight.streams, inFlight.counters.refused.application], [0, 1]);

  const gone = contextOf(new BareRequest(), { inFlight });
  gone.refuseEvents({ comeBack: false });
  assert.deepEqual([gone.response.status, gone.response.body, gone.respond], [204, null, true]);
  assert.equal(inFlight.counters.refused.gone, 1);
});

test("who has a stream can't be turned away any more, and without a listener nothing is counted", () => {
  const context = contextOf(new BareRequest());
  context.sendEvents({ keepAlive: false });
  for (const comeBack of [true, false]) {
    assert.throws(() => context.refuseEvents({ comeBack }), { name: "TypeError" });
  }
  const other = contextOf(new BareRequest());
  other.refuseEvents();
  assert.equal(other.eventTarget?.closed, true);
});
