import assert from "node:assert/strict";
import { test } from "node:test";
import type { RouterMiddleware } from "../../src/app/router.ts";
import { Router } from "../../src/app/router.ts";
import { handContext } from "../support/hand-context.ts";

/** What a run of `router` logs: `log` notes an entry, and "next" is what comes after the router. */
async function logOf(
  build: (router: Router, log: Log) => void,
  path: string,
  method = "GET",
): Promise<unknown[]> {
  const entries: unknown[] = [];
  const router = new Router();
  build(router, (entry) => (context, next) => {
    entries.push(typeof entry === "function" ? entry(context) : entry);
    return next();
  });
  await router.routes()(handContext(path, method), async () => entries.push("next"));
  return entries;
}

type Log = (entry: unknown) => RouterMiddleware;
type Seen = Parameters<RouterMiddleware>[0];

test("routers nest to any depth; the paths are joined, and the context's router is the outermost", async () => {
  const routers: Router[] = [];
  const entries = await logOf((router, log) => {
    const [inner, innermost] = [new Router(), new Router()];
    innermost.get(
      "/",
      log((ctx: Seen) => ctx.router === router),
    );
    inner.use("/bar", innermost.routes());
    router.use("/foo", inner.routes());
    routers.push(router);
  }, "/foo/bar");
  assert.deepEqual(entries, [true, "next"]);
});

test("routes of all levels run in the order in which they were added", async () => {
  const entries = await logOf((router, log) => {
    const [inner, innermost] = [new Router(), new Router()];
    innermost.get("/", log(3)).get("/baz", log(4), log(5)).get("/baz", log(6));
    inner.get("/bar/(.*)", log(2)).use("/bar", log("before"), innermost.routes(), log("after"));
    router.get("/foo/(.*)", log(1)).use("/foo", inner.routes());
  }, "/foo/bar/baz");
  assert.deepEqual(entries, [1, 2, "before", 4, 5, 6, "after", "next"]);
});

test("parameters gather over the levels, also those of prefixes", async () => {
  const entries = await logOf((router, log) => {
    const inner = new Router({ prefix: "/:book" });
    const innermost = new Router();
    innermost.get(
      "/",
      log((ctx: Seen) => ({ ...ctx.params })),
    );
    inner.use("/page/:page", innermost.routes());
    router.use("/user/:user", inner.routes());
  }, "/user/1/2/page/3");
  assert.deepEqual(entries, [{ user: "1", book: "2", page: "3" }, "next"]);
});

test("use without a path sees the parameters of the routers around it", async () => {
  for (const path of ["/user/7", "/user/7/books"]) {
    const entries = await logOf((router, log) => {
      const inner = new Router();
      inner.use(log((ctx: Seen) => ctx.params.id)).get("/", log("get"));
      router.use("/user/:id", inner.routes());
    }, path);
    assert.deepEqual(entries, path === "/user/7" ? ["7", "get", "next"] : ["7", "next"]);
  }
});

test("use runs where no route matches, once, and what comes after runs once", async () => {
  for (const [path, method] of [
    ["/api/none", "GET"],
    ["/api/there", "POST"],
  ] as const) {
    const entries = await logOf(
      (router, log) => {
        const inner = new Router().use(log("inner")).get("/there", log("get"));
        router.use("/api", log("outer"), inner.routes()).use("/other", log("other"));
      },
      path,
      method,
    );
    assert.deepEqual(entries, ["outer", "inner", "next"]);
  }
});

test("use takes several paths, each with all of the middleware", async () => {
  for (const path of ["/a/x", "/b/x"]) {
    const entries = await logOf((router, log) => {
      router.use(["/a", "/b"], log("use"), new Router().get("/x", log("x")).routes());
    }, path);
    assert.deepEqual(entries, ["use", "x", "next"]);
  }
});

test("the path of a router may be a wildcard, and the context is told every route of the path", async () => {
  const build = (router: Router, log: Log) => {
    const [inner, innermost] = [new Router(), new Router()];
    innermost.get(
      "/bar",
      log((ctx: Seen) => ctx.matched?.map(({ path }) => path)),
    );
    inner.use(innermost.routes()).use("(.*)", innermost.routes());
    router.use("/foo", inner.routes());
  };
  const both = ["/foo/bar", "/foo(.*)/bar"];
  assert.deepEqual(await logOf(build, "/foo/bar"), [both, both, "next"]);
  assert.deepEqual(await logOf(build, "/foo/123/bar"), [["/foo(.*)/bar"], "next"]);
});

test("routers one after another add to what matched", async () => {
  const context = handContext("/a", "GET");
  const first = new Router().get("first", "/a", (_, next) => next());
  const second = new Router().all("/:id", (_, next) => next());
  await first.routes()(context, () => second.routes()(context, async () => undefined) as Promise<unknown>);
  assert.deepEqual(
    context.matched?.map(({ path }) => path),
    ["/a", "/:id"],
  );
  assert.deepEqual([context.router, context.routeName, context.params], [second, "first", { id: "a" }]);
});

test("a router takes over the routes that another has at that time", async () => {
  const build = (router: Router, log: Log) => {
    const inner = new Router().get("/a", log("a"));
    router.use(inner.routes());
    inner.get("/b", log("b"));
  };
  assert.deepEqual(await logOf(build, "/a"), ["a", "next"]);
  assert.deepEqual(await logOf(build, "/b"), ["next"]);
});

test("a slash at the seam counts once", async () => {
  const build = (router: Router, log: Log) => {
    router.use("/foo/", new Router({ prefix: "/bar/" }).get("/baz", log("baz")).routes());
    router.use("/", new Router().get("/top", log("top")).routes());
  };
  assert.deepEqual(await logOf(build, "/foo/bar/baz"), ["baz", "next"]);
  assert.deepEqual(await logOf(build, "/top"), ["top", "next"]);
});

test("prefix is for all routes, and another takes its place", async () => {
  const build = (router: Router, log: Log) => {
    router.get("/a", log("a")).prefix("/one");
    router.prefix("/two").get("/b", log("b"));
  };
  assert.deepEqual(await logOf(build, "/two/a"), ["a", "next"]);
  assert.deepEqual(await logOf(build, "/two/b"), ["b", "next"]);
  for (const path of ["/a", "/one/a", "/two/one/a", "/one/two/a"])
    assert.deepEqual(await logOf(build, path), ["next"]);
});
