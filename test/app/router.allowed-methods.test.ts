import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { Router } from "../../src/app/router.ts";
import { httpErrors } from "../../src/http/http-error.ts";
import { ask } from "../support/asking.ts";
import { handContext, noNext } from "../support/hand-context.ts";

/** An application of `router`, which tells the methods that it allows. */
function telling(router: Router): Application {
  const app = new Application({ logErrors: false });
  app.use(router.routes(), router.allowedMethods());
  return app;
}

/** The status and the `Allow` header of an answer. */
async function answerOf(app: Application, method: string, path = "/"): Promise<[number, string | null]> {
  const { status, headers } = await ask(app, path, { method });
  return [status, headers.get("allow")];
}

const empty = () => undefined;

test("OPTIONS is answered with the methods that there are", async () => {
  const app = telling(new Router().put("/", empty).patch("/", empty).get("/other", empty));
  assert.deepEqual(await answerOf(app, "OPTIONS"), [200, "PUT, PATCH"]);
  assert.deepEqual(await answerOf(app, "OPTIONS", "/other"), [200, "HEAD, GET"]);
});

test("a method that there is not is answered with 405 and those that there are", async () => {
  const app = telling(new Router().put("/", empty).patch("/", empty));
  assert.deepEqual(await answerOf(app, "POST"), [405, "PUT, PATCH"]);
  assert.deepEqual(await answerOf(app, "GET"), [405, "PUT, PATCH"]);
});

test("each method is told once", async () => {
  const app = telling(new Router().all("/", empty).get("/", empty).get("/:any?", empty));
  assert.deepEqual(await answerOf(app, "OPTIONS"), [200, "HEAD, DELETE, GET, PATCH, POST, PUT"]);
});

test("a path that nobody handles stays a 404, and middleware for all is no handler", async () => {
  const app = telling(new Router().use((_, next) => next()).get("/there", empty));
  assert.deepEqual(await answerOf(app, "GET", "/nowhere"), [404, null]);
  assert.deepEqual(await answerOf(app, "OPTIONS", "/nowhere"), [404, null]);
});

test("what a route answered stays", async () => {
  const router = new Router()
    .get("/", (ctx) => {
      ctx.response.body = "hello";
    })
    .options("/", (ctx) => {
      ctx.response.status = 204;
    })
    .post("/", (ctx) => ctx.throw(409));
  const app = telling(router);
  assert.deepEqual(await answerOf(app, "GET"), [200, null]);
  assert.deepEqual(await answerOf(app, "OPTIONS"), [204, null]);
  assert.deepEqual(await answerOf(app, "POST"), [409, null]);
});

test("a route that answers with 404 has answered", async () => {
  const router = new Router()
    .get("/book/:id", (ctx) => {
      ctx.response.status = 404;
      ctx.response.body = "no such book";
    })
    .delete("/book/:id", async (_, next) => next());
  const app = telling(router);
  assert.deepEqual(await answerOf(app, "GET", "/book/7"), [404, null]);
  assert.deepEqual(await answerOf(app, "DELETE", "/book/7"), [404, null]);
});

test("an event stream is an answer", async () => {
  const router = new Router().get("/", (ctx) => void ctx.sendEvents({ keepAlive: false }));
  const response = await ask(telling(router));
  assert.deepEqual([response.status, response.headers.get("allow")], [200, null]);
  await response.body?.cancel();
});

test("it stands before the routes as well, and without them", async () => {
  const router = new Router({ prefix: "/api" }).get("/:id", empty);
  const before = new Application();
  before.use(router.allowedMethods(), router.routes());
  assert.deepEqual(await answerOf(before, "POST", "/api/7"), [405, "HEAD, GET"]);
  const alone = new Application();
  alone.use(router.allowedMethods());
  assert.deepEqual(await answerOf(alone, "POST", "/api/7"), [405, "HEAD, GET"]);
  assert.deepEqual(await answerOf(alone, "POST", "/7"), [404, null]);
});

test("it works inside the router that it tells of", async () => {
  const router = new Router();
  router.use(router.allowedMethods());
  router.get("/there", empty);
  const app = new Application();
  app.use(router.routes());
  assert.deepEqual(await answerOf(app, "POST", "/there"), [405, "HEAD, GET"]);
});

test("a method that is not known is answered with 501, wherever it is asked for", async () => {
  const app = telling(new Router().get("/", empty));
  assert.deepEqual(await answerOf(app, "MKCOL"), [501, "HEAD, GET"]);
  assert.deepEqual(await answerOf(app, "MKCOL", "/nowhere"), [501, null]);
  assert.deepEqual(await answerOf(app, "QUERY"), [405, "HEAD, GET"]);
  const few = telling(new Router({ methods: ["GET"] }).get("/", empty));
  assert.deepEqual(await answerOf(few, "PATCH"), [501, "HEAD, GET"]);
});

test("a method that a route was added for is known", async () => {
  const app = telling(new Router({ methods: ["GET"] }).get("/", empty).add("PROPFIND", "/dav", empty));
  assert.deepEqual(await answerOf(app, "PROPFIND"), [405, "HEAD, GET"]);
  assert.deepEqual(await answerOf(app, "PROPFIND", "/dav"), [404, null]);
});

test("with throw, the application answers the errors, with Allow", async () => {
  const router = new Router().get("/", empty);
  const app = new Application({ logErrors: false });
  app.use(router.routes(), router.allowedMethods({ throw: true }));
  assert.deepEqual(await answerOf(app, "POST"), [405, "HEAD, GET"]);
  const own = new Application({ logErrors: false });
  own.use(router.allowedMethods({ throw: true, methodNotAllowed: () => new httpErrors.Teapot() }));
  assert.deepEqual(await answerOf(own, "POST"), [418, null]);
});

test("inside a router, it tells of the methods below the path that it was put to", async () => {
  const inner = new Router().get("/:id", empty);
  const outer = new Router().use("/books", inner.routes(), inner.allowedMethods()).get("/:any", empty);
  const app = new Application();
  app.use(outer.routes());
  assert.deepEqual(await answerOf(app, "POST", "/books/7"), [405, "HEAD, GET"]);
  assert.deepEqual(await answerOf(app, "DELETE", "/books"), [405, "HEAD, GET"]);
  assert.deepEqual(await answerOf(app, "DELETE", "/other"), [404, null]);
});

test("however deep a route stands, each method is told once", async () => {
  const inner = new Router().get("/", empty);
  const middle = new Router().use("/c", inner.routes());
  const outer = new Router().use("/b", middle.routes());
  const app = telling(new Router().use("/a", outer.routes()));
  assert.deepEqual(await answerOf(app, "OPTIONS", "/a/b/c"), [200, "HEAD, GET"]);
});

test("a context made by hand needs no status of its own", async () => {
  const router = new Router().put("/foo", (_, next) => next()).patch("/foo", (_, next) => next());
  for (const [method, status] of [
    ["OPTIONS", 200],
    ["GET", 405],
  ] as const) {
    const context = handContext("/foo", method);
    await router.routes()(context, noNext);
    await router.allowedMethods()(context, noNext);
    assert.deepEqual(
      [context.response.status, context.response.headers.get("allow")],
      [status, "PUT, PATCH"],
    );
  }
  await assert.rejects(
    async () => router.allowedMethods({ throw: true })(handContext("/foo", "GET"), noNext),
    httpErrors.MethodNotAllowed,
  );
});
