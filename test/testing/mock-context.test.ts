import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { inspect } from "node:util";
import { Application } from "../../src/app/application.ts";
import { Response } from "../../src/app/response.ts";
import type { RouterContext } from "../../src/app/route-context.ts";
import { Router } from "../../src/app/router.ts";
import { SecureCookieMap } from "../../src/http/secure-cookie-map.ts";
import * as testing from "../../src/testing/mock-context.ts";
import { streamOf } from "../support/byte-stream.ts";

const { createMockApp, createMockContext, createMockNext, mockContextState } = testing;

afterEach(() => {
  mockContextState.encodingsAccepted = "identity";
});

test("there are four of them", () => {
  assert.deepEqual(Object.keys(testing).sort(), [
    "createMockApp",
    "createMockContext",
    "createMockNext",
    "mockContextState",
  ]);
});

test("a mock application has the state that it was given, and takes middleware", () => {
  const state = { a: "a" };
  const app = createMockApp(state);
  assert.equal(app.state, state);
  assert.equal(
    app.use(() => undefined),
    app,
  );
  assert.deepEqual(createMockApp().state, {});
  assert.equal(inspect(createMockApp()), "MockApplication {}");
});

test("a mock context is a GET of / unless it is told otherwise", () => {
  const ctx = createMockContext();
  assert.ok(ctx.app instanceof Application);
  assert.deepEqual(
    [ctx.request.method, ctx.request.url.href, ctx.request.ip, ctx.request.path, ctx.request.search],
    ["GET", "http://localhost/", "127.0.0.1", "/", ""],
  );
  assert.deepEqual([ctx.params, ctx.state, ctx.request.hasBody], [undefined, {}, false]);
  assert.deepEqual([ctx.response.status, ctx.response.writable], [404, true]);
  assert.ok(ctx.response instanceof Response);
  assert.ok(ctx.cookies instanceof SecureCookieMap);
  assert.ok(ctx.request.source instanceof Request);
  assert.equal(inspect(ctx), "MockContext {}");
});

test("a mock context is what it is told to be", async () => {
  const app = createMockApp({ count: 1 });
  const ctx = createMockContext({
    app,
    body: streamOf([new TextEncoder().encode("hello")]),
    headers: [["x-own", "1"]],
    ip: "192.0.2.1",
    method: "POST",
    params: { id: "7" },
    path: "/a/b?c=d&e=f",
  });
  assert.equal(ctx.app, app);
  assert.deepEqual(ctx.state, { count: 1 });
  assert.notEqual(ctx.state, app.state);
  assert.deepEqual(
    [ctx.request.method, ctx.request.ip, ctx.request.headers.get("x-own"), ctx.params.id],
    ["POST", "192.0.2.1", "1", "7"],
  );
  assert.deepEqual(
    [ctx.request.path, ctx.request.search, [...ctx.request.searchParams]],
    [
      "/a/b",
      "?c=d&e=f",
      [
        ["c", "d"],
        ["e", "f"],
      ],
    ],
  );
  assert.equal(await ctx.request.body.text(), "hello");
  assert.deepEqual(createMockContext({ state: { a: 1 } }).app.state, { a: 1 });
});

test("each context has a request of its own", () => {
  const [one, other] = [createMockContext(), createMockContext()];
  assert.notEqual(one.request.source, other.request.source);
  one.request.headers.set("x-own", "1");
  assert.equal(other.request.headers.has("x-own"), false);
});

test("accepts knows nothing without the header, and follows it where it is", () => {
  assert.equal(createMockContext().request.accepts("html"), undefined);
  const { request } = createMockContext({ headers: [["accept", "application/json;q=0.2, text/html"]] });
  assert.equal(request.accepts("json", "html"), "html");
  assert.deepEqual(request.accepts(), ["text/html", "application/json"]);
});

test("acceptsEncodings gives what the shared state says", () => {
  const { request } = createMockContext();
  assert.equal(request.acceptsEncodings("identity"), "identity");
  mockContextState.encodingsAccepted = "gzip";
  assert.equal(request.acceptsEncodings("gzip"), "gzip");
  assert.equal(createMockContext().request.acceptsEncodings("br"), "gzip");
});

test("the response redirects, to a page of text unless HTML is asked for", () => {
  const ctx = createMockContext();
  ctx.response.redirect("/hello/world");
  assert.deepEqual(
    [ctx.response.status, ctx.response.headers.get("location"), ctx.response.body],
    [302, "/hello/world", "Redirecting to /hello/world."],
  );
  const html = createMockContext({ headers: [["accept", "text/html"]] });
  html.response.redirect("/");
  assert.match(String(html.response.body), /<a href="\/">/);
});

test("cookies are read of the request and set on the response", async () => {
  const value = "S7GhXzJF3n4j8JwTupr7H-h25qtt_vs0stdETXZb-Ro";
  const setting = createMockContext();
  await setting.cookies.set("sessionID", value, { httpOnly: true });
  assert.deepEqual([...setting.response.headers], [["set-cookie", `sessionID=${value}; path=/; httponly`]]);
  const having = createMockContext({ headers: [["cookie", `sessionID=${value};`]] });
  assert.equal(await having.cookies.get("sessionID"), value);
});

test("assert and throw make the error of a status", () => {
  const ctx: RouterContext = createMockContext();
  ctx.assert(true, 400);
  assert.throws(() => ctx.assert(false, 401, "who?"), { status: 401, message: "who?" });
  assert.throws(() => ctx.throw(404, "where?", { code: "X" }), { status: 404, message: "where?", code: "X" });
});

test("a router runs in it", async () => {
  const router = new Router();
  router.get("/book/:id", (ctx) => {
    ctx.response.body = ctx.params.id;
  });
  const ctx = createMockContext({ path: "/book/7" });
  await router.routes()(ctx, createMockNext());
  assert.equal(ctx.response.body, "7");
});

test("a mock next does nothing, later", async () => {
  const next = createMockNext();
  const result = next();
  assert.ok(result instanceof Promise);
  assert.equal(await result, undefined);
});
