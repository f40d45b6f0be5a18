import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { Router, type RouterMiddleware } from "../../src/app/router.ts";
import { ask } from "../support/asking.ts";

/** An application of `routers`. */
function routed(...routers: Router[]): Application {
  const app = new Application({ logErrors: false });
  for (const router of routers) app.use(router.routes());
  return app;
}

/** A handler that answers with `text`, and with the parameters. */
function say(text: string): RouterMiddleware {
  return (ctx) => {
    ctx.response.body = [text, ctx.params];
  };
}

/** What `app` says at `path`, or its status. */
async function saidBy(app: Application, path: string, method = "GET"): Promise<unknown> {
  const response = await ask(app, path, { method });
  return response.status === 200 ? response.json() : response.status;
}

const verbs = ["delete", "get", "options", "patch", "post", "put", "query"] as const;

for (const verb of verbs) {
  test(`${verb} adds a route for its method`, async () => {
    const router = new Router();
    assert.equal(router[verb]("/leaf", say(verb)), router);
    const app = routed(router);
    for (const method of verbs) {
      const expected = method === verb ? [verb, {}] : 404;
      assert.deepEqual(await saidBy(app, "/leaf", method.toUpperCase()), expected, method);
    }
    assert.equal(await saidBy(app, "/other", verb.toUpperCase()), 404);
  });
}

test("get answers HEAD too, and head nothing else", async () => {
  const get = await ask(routed(new Router().get("/", say("get"))), "/", { method: "HEAD" });
  assert.deepEqual([get.status, get.headers.get("content-length")], [200, "10"]);
  const app = routed(new Router().head("/", say("head")));
  assert.equal((await ask(app, "/", { method: "HEAD" })).status, 200);
  assert.equal(await saidBy(app, "/"), 404);
});

test("all adds a route for every method but OPTIONS and QUERY, add for those that it is told", async () => {
  const all = routed(new Router().all("/", say("all")));
  for (const method of ["DELETE", "GET", "PATCH", "POST", "PUT"])
    assert.deepEqual(await saidBy(all, "/", method), ["all", {}]);
  for (const method of ["OPTIONS", "QUERY"]) assert.equal(await saidBy(all, "/", method), 404);
  const told = routed(new Router({ methods: ["GET", "OPTIONS", "QUERY"] }).all("/", say("all")));
  assert.deepEqual(await saidBy(told, "/", "QUERY"), ["all", {}]);
  for (const method of ["OPTIONS", "POST"]) assert.equal(await saidBy(told, "/", method), 404);
  const some = routed(new Router().add(["PUT", "PROPFIND"], "/", say("some")).add("POST", "/", say("one")));
  assert.deepEqual(await saidBy(some, "/", "PUT"), ["some", {}]);
  assert.deepEqual(await saidBy(some, "/", "PROPFIND"), ["some", {}]);
  assert.deepEqual(await saidBy(some, "/", "POST"), ["one", {}]);
  assert.equal(await saidBy(some, "/"), 404);
});

test("the parameters of the path are the context's", async () => {
  const router = new Router().get("/book/:id/page/:page?", say("book")).get("/file/:path(.*)", say("file"));
  const app = routed(router);
  assert.deepEqual(await saidBy(app, "/book/1/page/2"), ["book", { id: "1", page: "2" }]);
  assert.deepEqual(await saidBy(app, "/book/1/page"), ["book", { id: "1" }]);
  assert.deepEqual(await saidBy(app, "/file/a/b.txt?query"), ["file", { path: "a/b.txt" }]);
});

test("a handler that matches has parameters, if only none", async () => {
  let params: unknown;
  const router = new Router().get("/", (ctx) => {
    params = ctx.params;
  });
  await ask(routed(router), "/");
  assert.deepEqual(params, {});
});

test("a prefix stands before all paths", async () => {
  for (const prefix of ["/api", "/api/"]) {
    const router = new Router({ prefix }).get("/", say("root")).get("/:id", say("item"));
    const app = routed(router);
    assert.deepEqual(await saidBy(app, "/api"), ["root", {}]);
    assert.deepEqual(await saidBy(app, "/api/"), ["root", {}]);
    assert.deepEqual(await saidBy(app, "/api/7"), ["item", { id: "7" }]);
    assert.equal(await saidBy(app, "/7"), 404);
    assert.equal(await saidBy(app, "/apiary"), 404);
  }
});

test("a prefix may hold parameters, and must begin with a slash", async () => {
  const app = routed(new Router({ prefix: "/user/:user" }).get("/book/:book", say("book")));
  assert.deepEqual(await saidBy(app, "/user/1/book/2"), ["book", { user: "1", book: "2" }]);
  const optional = routed(new Router({ prefix: "{/:lang}?" }).get("/book", say("book")));
  assert.deepEqual(await saidBy(optional, "/de/book"), ["book", { lang: "de" }]);
  assert.deepEqual(await saidBy(routed(new Router({ prefix: "" }).get("/a", say("a"))), "/a"), ["a", {}]);
  assert.throws(() => new Router({ prefix: "api" }), {
    message: 'Cannot route below the prefix "api": it does not begin with "/"',
  });
});

test("case and the slash at the end make a difference when they are told to", async () => {
  const lax = routed(new Router().get("/leaf", say("leaf")));
  for (const path of ["/leaf", "/LEAF", "/leaf/"]) assert.deepEqual(await saidBy(lax, path), ["leaf", {}]);
  const strict = routed(new Router({ strict: true, sensitive: true }).get("/leaf", say("leaf")));
  assert.deepEqual(await saidBy(strict, "/leaf"), ["leaf", {}]);
  for (const path of ["/LEAF", "/leaf/"]) assert.equal(await saidBy(strict, path), 404, path);
});

test("a pattern with a fault in its syntax throws where it is added", () => {
  assert.throws(() => new Router().get("/*", say("never")), TypeError);
});

test("a route without middleware, or with what is none, throws where it is added", () => {
  const router = new Router();
  // biome-ignore lint/suspicious/noExplicitAny: what the compiler refuses
  const untyped = router as any;
  for (const verb of [...verbs, "all", "head", "use"]) {
    assert.throws(() => untyped[verb]("/a"), { name: "TypeError" }, verb);
    assert.throws(() => untyped[verb]("/a", "handler"), { name: "TypeError" }, verb);
  }
  assert.throws(() => untyped.get("/a"), { message: 'Cannot add a route to "/a": it has no middleware' });
  assert.throws(() => untyped.use(), TypeError);
  assert.equal([...router].length, 0);
});

test("a thing in place of the path is routed when the options or the context say so", async () => {
  const byOption = routed(new Router({ routerPath: "/fixed" }).get("/fixed", say("fixed")));
  assert.deepEqual(await saidBy(byOption, "/any"), ["fixed", {}]);
  const byContext = new Application({ logErrors: false });
  byContext.use((ctx, next) => {
    Object.assign(ctx, { routerPath: "/set" });
    return next();
  });
  byContext.use(new Router().get("/set", say("set")).routes());
  assert.deepEqual(await saidBy(byContext, "/any"), ["set", {}]);
});

test("an error behind a next that nobody awaited is told when the route has answered", async () => {
  const late = new Error("late");
  let fail!: () => void;
  const held = new Promise<void>((resolve) => {
    fail = resolve;
  });
  const router = new Router().get(
    "/",
    (ctx, next) => {
      ctx.response.body = "answered";
      void next();
    },
    async () => {
      await held;
      throw late;
    },
  );
  const app = routed(router);
  const told = new Promise((resolve) => app.addEventListener("error", ({ error }) => resolve(error)));
  assert.equal(await (await ask(app)).text(), "answered");
  fail();
  assert.equal(await told, late);
});

test("middleware objects are middleware here too", async () => {
  const router = new Router().get("/", {
    handleRequest(ctx) {
      ctx.response.body = ["object", ctx.params];
    },
  });
  assert.deepEqual(await saidBy(routed(router), "/"), ["object", {}]);
});

test("what no route matches goes on, to the next router and what comes after it", async () => {
  const app = routed(new Router().get("/a", say("a")), new Router().get("/b", say("b")));
  app.use((ctx) => {
    ctx.response.body = ["after", {}];
  });
  assert.deepEqual(await saidBy(app, "/a"), ["a", {}]);
  assert.deepEqual(await saidBy(app, "/b"), ["b", {}]);
  assert.deepEqual(await saidBy(app, "/c"), ["after", {}]);
});

test("what a handler throws is answered like any error", async () => {
  const router = new Router().get("/", (ctx) => ctx.throw(410, "gone"));
  const response = await ask(routed(router), "/");
  assert.deepEqual([response.status, await response.text()], [410, "gone"]);
});
