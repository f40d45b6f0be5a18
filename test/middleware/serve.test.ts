import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Context } from "../../src/app/context.ts";
import { Router } from "../../src/app/router.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";
import { RouteContext, route, ServeContext, serve } from "../../src/middleware/serve.ts";
import { createMockApp, createMockContext, createMockNext } from "../../src/testing/mock-context.ts";
import { BareRequest } from "../support/bare-request.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";
import { serve as listen, quietApp } from "../support/serving.ts";

/** A context for `request` that was sent by 192.0.2.1. */
function contextFor(request: Request): Context {
  const app = createMockApp();
  const serverRequest = new WebServerRequest(request, { remoteAddr: { hostname: "192.0.2.1" } });
  return new Context(app, serverRequest, { ...app.state });
}

test("a handler is given the request itself, and its response is the answer itself", async () => {
  for (const make of [serve, route]) {
    const request = new Request("http://localhost:8888/index.html");
    const ctx = contextFor(request);
    const response = new Response("hello", { status: 201 });
    let nexts = 0;
    const middleware = (make as typeof serve)((given) => {
      assert.equal(given, request);
      return response;
    });
    await middleware(ctx, async () => {
      nexts++;
      assert.equal(ctx.response.writable, false);
      assert.equal(ctx.response.status, 201);
    });
    assert.equal(await ctx.response.toDomResponse(), response);
    assert.equal(nexts, 1);
  }
});

test("a handler is given what it needs of the context", async () => {
  const ctx = contextFor(new Request("http://localhost/"));
  ctx.state = { count: 1 };
  await serve((_, context) => {
    assert.ok(context instanceof ServeContext);
    assert.deepEqual(
      [context.app, context.state, context.ip, context.ips],
      [ctx.app, ctx.state, "192.0.2.1", []],
    );
    const checked: ServeContext = context;
    checked.assert(true, 400);
    assert.throws(() => checked.assert(false, 401, "who?"), { status: 401, message: "who?" });
    assert.throws(() => checked.throw(404, "where?", { code: "X" }), { status: 404, code: "X" });
    return new Response();
  })(ctx, createMockNext());
});

test("a context shows what it is about", async () => {
  const ctx = contextFor(new Request("http://localhost/"));
  await serve((_, context) => {
    const shown = "ServeContext { app: MockApplication {}, ip: '192.0.2.1', ips: [], state: {} }";
    assert.equal(inspect(context, { breakLength: 200 }), shown);
    return new Response();
  })(ctx, createMockNext());
});

test("a handler of a route is given the route", async () => {
  const router = new Router();
  router.get(
    "book",
    "/book/:id",
    route((_, context) => {
      assert.ok(context instanceof RouteContext);
      const id: string | undefined = context.params.id;
      assert.deepEqual([id, context.captures], ["12/34", ["12%2f34"]]);
      assert.equal(context.router, router);
      assert.deepEqual([context.routeName, context.routerPath], ["book", undefined]);
      assert.deepEqual(
        context.matched?.map(({ path }) => path),
        ["/book/:id"],
      );
      const shown = inspect(context, { depth: 1 });
      assert.match(shown, /^RouteContext \{/);
      const order = [
        ...shown.matchAll(/(app|captures|matched|ip|ips|params|router|routeName|routerPath|state):/g),
      ];
      assert.deepEqual(
        order.map(([, name]) => name),
        ["app", "captures", "matched", "ip", "ips", "params", "router", "routeName", "routerPath", "state"],
      );
      return Response.json({ id });
    }),
  );
  const ctx = contextFor(new Request("http://localhost/book/12%2f34"));
  await router.routes()(ctx, createMockNext());
  assert.deepEqual(await (await ctx.response.toDomResponse()).json(), { id: "12/34" });
});

test("the context of a route keeps what was true when the handler was called", () => {
  const ctx = createMockContext({ params: { id: "1" } });
  const context = new RouteContext(ctx);
  ctx.params = { id: "2" };
  assert.deepEqual(context.params, { id: "1" });
});

test("a body that was read before is there again", async () => {
  const body = streamOf([bytesOf("hello")]);
  const ctx = createMockContext({ method: "POST", body, headers: [["x-own", "1"]] });
  assert.equal(await ctx.request.body.text(), "hello");
  await serve(async (request) => {
    assert.deepEqual(
      [request.method, request.url, request.headers.get("x-own"), await request.text()],
      ["POST", "http://localhost/", "1", "hello"],
    );
    return new Response();
  })(ctx, createMockNext());
});

test("a form that was read before is there again, with a boundary of its own", async () => {
  const form = new FormData();
  form.set("name", "Ada");
  const ctx = contextFor(new Request("http://localhost/", { method: "POST", body: form }));
  await ctx.request.body.formData();
  await serve(async (request) => {
    assert.equal((await request.formData()).get("name"), "Ada");
    return new Response();
  })(ctx, createMockNext());
});

test("where the server has no request of the web, one is made", async () => {
  const app = createMockApp();
  const sent = new BareRequest("/a?b=c", { headers: { host: "host.test", "x-own": "1" } });
  const ctx = new Context(app, sent, {});
  await serve((request) => {
    assert.deepEqual(
      [request.method, request.url, request.headers.get("x-own")],
      ["GET", "http://host.test/a?b=c", "1"],
    );
    return new Response();
  })(ctx, createMockNext());
});

test("a handler that gives no response is a mistake", async () => {
  const wrong = serve((() => "text") as never);
  const expected = {
    name: "TypeError",
    message: "Cannot serve what the handler gave: string, not a Response",
  };
  await assert.rejects(wrong(createMockContext(), createMockNext()), expected);
});

test("what a handler throws goes on", async () => {
  const failing = serve((_, context: ServeContext) => context.throw(418));
  await assert.rejects(failing(createMockContext(), createMockNext()), { status: 418 });
});

test("over a socket, requests and responses are the web's", async () => {
  const app = quietApp();
  app.use(
    serve(async (request, { ip }) => {
      assert.ok(request instanceof Request);
      const text = await request.text();
      return new Response(`${request.method} ${new URL(request.url).pathname} ${ip} ${text}`, {
        status: 201,
        headers: { "x-own": request.headers.get("x-own") ?? "" },
      });
    }),
  );
  const { port, stop } = await listen(app);
  const init = { method: "POST", body: "hello", headers: { "x-own": "1" } };
  const response = await fetch(`http://127.0.0.1:${port}/a`, init);
  assert.deepEqual(
    [response.status, response.headers.get("x-own"), await response.text()],
    [201, "1", "POST /a 127.0.0.1 hello"],
  );
  await stop();
});
