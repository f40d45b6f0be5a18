import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { Router, type RouterMiddleware } from "../../src/app/router.ts";
import { ask, errorsOf } from "../support/asking.ts";
import { defer } from "../support/deferred.ts";
import { eventually } from "../support/eventually.ts";

/** A router, an application of it, and what its middleware noted. */
function noting(router = new Router()) {
  const app = new Application({ logErrors: false });
  app.use(router.routes());
  const log: unknown[] = [];
  const note =
    (entry: unknown): RouterMiddleware =>
    (_, next) => {
      log.push(entry);
      return next();
    };
  return { router, app, log, note };
}

test("all routes that match run, in the order in which they were added, each inside the last", async () => {
  const { router, app, log, note } = noting();
  router.get("/a", async (_, next) => {
    log.push("first");
    await next();
    log.push("first again");
  });
  router.get("/:any", note("second"), note("third"));
  router.get("/b", note("never"));
  router.all("/a", note("fourth"));
  app.use(() => void log.push("after"));
  await ask(app, "/a");
  assert.deepEqual(log, ["first", "second", "third", "fourth", "after", "first again"]);
});

test("a handler that doesn't call next is the last", async () => {
  const { router, app, log, note } = noting();
  router.get("/", note("first"), () => void log.push("last"), note("never"));
  router.get("/", note("never"));
  app.use(() => void log.push("never"));
  await ask(app, "/");
  assert.deepEqual(log, ["first", "last"]);
});

test("use stands where it was added, and runs for all requests, whatever their method", async () => {
  const { router, app, log, note } = noting();
  router.get("/a", note("a"));
  router.use(note("all"), note("all too"));
  router.get("/b", note("b"));
  await ask(app, "/a");
  await ask(app, "/b", { method: "HEAD" });
  assert.deepEqual(log, ["a", "all", "all too", "all", "all too", "b"]);
});

test("use runs when no route matches: a router's own answer for what it lacks", async () => {
  const { router, app } = noting(new Router({ prefix: "/api" }));
  router.use(async (ctx, next) => {
    await next();
    if (ctx.response.status === 404) ctx.response.body = "the router's own 404";
  });
  router.get("/there", (ctx) => {
    ctx.response.body = "there";
  });
  assert.equal(await (await ask(app, "/api/there")).text(), "there");
  assert.equal(await (await ask(app, "/api/nowhere")).text(), "the router's own 404");
  assert.equal((await ask(app, "/elsewhere")).status, 404);
});

test("use with a path runs for it and all below", async () => {
  const { router, app, log, note } = noting();
  router.use("/admin", note("admin"));
  router.use("/admin/:area", (ctx, next) => {
    log.push(ctx.params.area);
    return next();
  });
  for (const path of ["/admin", "/admin/users", "/admin/users/7", "/administrator", "/"]) {
    log.push(path);
    await ask(app, path);
  }
  assert.deepEqual(log, [
    "/admin",
    "admin",
    "/admin/users",
    "admin",
    "users",
    "/admin/users/7",
    "admin",
    "users",
    "/administrator",
    "/",
  ]);
});

test("use of a router with a prefix runs below it alone", async () => {
  const { router, app, log, note } = noting(new Router({ prefix: "/api" }));
  router.use(note("api"));
  for (const path of ["/api", "/api/a", "/apiary", "/api-2/a"]) {
    log.push(path);
    await ask(app, path);
  }
  assert.deepEqual(log, ["/api", "api", "/api/a", "api", "/apiary", "/api-2/a"]);
});

test("parameters gather from route to route", async () => {
  const { router, app, log } = noting();
  const take: RouterMiddleware = (ctx, next) => {
    log.push({ ...ctx.params });
    return next();
  };
  router.use("/:area", take).get("/:area/:id", take).get("/users/:user", take);
  await ask(app, "/users/7");
  assert.deepEqual(log, [
    { area: "users" },
    { area: "users", id: "7" },
    { area: "users", id: "7", user: "7" },
  ]);
});

test("use without a path adds no parameter", async () => {
  const { router, app, log } = noting();
  router.use((_, next) => next());
  router.get("/:id", (ctx) => void log.push(ctx.params));
  await ask(app, "/7");
  assert.deepEqual(log, [{ id: "7" }]);
});

test("routers nest, and the parameters of the outer are those of the inner", async () => {
  const { router, app, log } = noting();
  const inner = new Router();
  inner.get("/book/:book", (ctx) => void log.push({ ...ctx.params }));
  router.use("/user/:id", inner.routes());
  await ask(app, "/user/12/book/34");
  assert.deepEqual(log, [{ id: "12", book: "34" }]);
});

test("use below a prefix with a parameter sees the parameter", async () => {
  const { router, app, log } = noting(new Router({ prefix: "/user/:user" }));
  router.use((ctx, next) => {
    log.push(ctx.params.user);
    return next();
  });
  for (const path of ["/user/12", "/user/12/book/34"]) await ask(app, path);
  assert.deepEqual(log, ["12", "12"]);
});

test("a route that is added later counts from the next request on", async () => {
  const { router, app, log, note } = noting();
  await ask(app, "/late");
  router.get("/late", note("late"));
  await ask(app, "/late");
  assert.deepEqual(log, ["late"]);
});

test("a route that runs alone must call next but once, like any other", async () => {
  const router = new Router();
  router.get("/", async (_, next) => {
    await next();
    await next();
  });
  const app = new Application({ logErrors: false });
  const errors = errorsOf(app);
  app.use(router.routes(), () => undefined);
  assert.equal((await ask(app)).status, 500);
  assert.deepEqual(
    errors.map(({ message }) => message),
    ["next() called multiple times."],
  );
});

test("what fails behind a next that such a route did not await is told once", async () => {
  const router = new Router();
  router.get("/", (ctx, next) => {
    void next();
    ctx.response.body = "answered";
  });
  const app = new Application({ logErrors: false });
  const errors = errorsOf(app);
  const { promise, resolve } = defer();
  app.use(router.routes(), async () => {
    await promise;
    throw new Error("too late");
  });
  assert.equal(await (await ask(app)).text(), "answered");
  resolve();
  await eventually(() => errors.length > 0);
  // Whoever else would tell it would do so in this turn.
  await new Promise((over) => setTimeout(over));
  assert.deepEqual(
    errors.map(({ message }) => message),
    ["too late"],
  );
});
