import assert from "node:assert/strict";
import { test } from "node:test";
import { Router } from "../../src/app/router.ts";
import { handContext, noNext } from "../support/hand-context.ts";

test("a router without routes runs what comes after it, and gives what that gives", async () => {
  let count = 0;
  const result = await new Router().routes()(handContext(), async () => void count++);
  assert.deepEqual([result, count], [undefined, 1]);
});

test("the middleware of a router knows its router", () => {
  const router = new Router();
  assert.equal(router.routes().router, router);
});

test("the context is told the router, the route, and what the path holds", async () => {
  const router = new Router();
  let seen: unknown[] = [];
  router.get("book", "/book/:id", (ctx) => {
    seen = [ctx.router, ctx.routeName, ctx.params, ctx.captures, ctx.matched?.map(({ path }) => path)];
  });
  router.post("/:any/:id", () => undefined);
  await router.routes()(handContext("/book/a%20b"), noNext);
  assert.deepEqual(seen, [router, "book", { id: "a b" }, ["a b"], ["/book/:id", "/:any/:id"]]);
});

test("what the path holds is as it was sent in captures", async () => {
  const context = handContext("/a%2Fb/c");
  await new Router().get("/:one/:two/:three?", () => undefined).routes()(context, noNext);
  assert.deepEqual(context.captures, ["a%2Fb", "c", undefined]);
  assert.deepEqual(context.params, { one: "a/b", two: "c" });
});

test("a URL that can't be read is a rejection, and no exception", async () => {
  const context = handContext();
  Object.defineProperty(context.request, "url", {
    get() {
      throw new TypeError("bad url");
    },
  });
  const never = async () => assert.fail("never called");
  const routes = new Router().get("/a", never).routes();
  await assert.rejects(routes(context, never) as Promise<unknown>, { name: "TypeError", message: "bad url" });
});

test("middleware objects are initialized through the routes, each once, in nested routers too", async () => {
  const log: string[] = [];
  const object = {
    init: async () => log.push("init"),
    handleRequest: () => void log.push("handle"),
  };
  const inner = new Router().get("/a", object).get("/b", object);
  const routes = new Router().use(inner.routes()).routes();
  await routes.init();
  await routes.init();
  await routes(handContext("/a"), noNext);
  assert.deepEqual(log, ["init", "handle"]);
});

test("the parameters of one request are not those of another", async () => {
  const router = new Router().get("/static", (ctx) => {
    assert.deepEqual(ctx.params, {});
    ctx.params.left = "behind";
  });
  for (const time of [1, 2])
    await router.routes()(handContext("/static"), async () => assert.fail(`${time}`));
});

test("what one request does to its routes and parameters is not seen by the next", async () => {
  const router = new Router();
  const seen: unknown[] = [];
  for (const path of ["/a", "/a/:id"]) {
    router.get(path, (ctx) => {
      seen.push([ctx.matched?.length, { ...ctx.params }, [...ctx.captures]]);
      ctx.matched?.push({ methods: [], name: undefined, path: "other" });
      Object.assign(ctx.params, { other: "x" });
      ctx.captures.push("x");
    });
  }
  for (const path of ["/a", "/a", "/a/7", "/a/7"]) await router.routes()(handContext(path), noNext);
  assert.deepEqual(seen, [
    [1, {}, []],
    [1, {}, []],
    [1, { id: "7" }, ["7"]],
    [1, { id: "7" }, ["7"]],
  ]);
});
