import assert from "node:assert/strict";
import { test } from "node:test";
import { Router, type RouterParamMiddleware } from "../../src/app/router.ts";
import { handContext, noNext } from "../support/hand-context.ts";

/** A router and what was logged in it. */
function logging() {
  const router = new Router();
  const log: unknown[] = [];
  const note =
    (entry: string): RouterParamMiddleware =>
    (value, _, next) => {
      log.push([entry, value]);
      return next();
    };
  const run = (path: string) => router.routes()(handContext(path), noNext);
  return { router, log, note, run };
}

test("it runs before the route, with the value decoded, and the parameters are there", async () => {
  const { router, log, run } = logging();
  router.param("id", (value, ctx, next) => {
    log.push(value, ctx.params.id);
    return next();
  });
  router.all("/book/:id/price", (ctx) => void log.push(["all", ctx.params.id]));
  await run("/book/a%20b/price");
  assert.deepEqual(log, ["a b", "a b", ["all", "a b"]]);
});

test("it is for routes that are there and those to come, in the order of the path", async () => {
  const { router, log, note, run } = logging();
  router.get("/x/:a/:b", () => void log.push("x"));
  router.param("b", note("b")).param("c", note("c")).param("a", note("a")).param("b", note("b again"));
  router.get("/y/:b/:a", () => void log.push("y"));
  await run("/x/1/2");
  await run("/y/1/2");
  const expected = ["a", "1"];
  assert.deepEqual(log, [
    expected,
    ["b", "2"],
    ["b again", "2"],
    "x",
    ["b", "1"],
    ["b again", "1"],
    ["a", "2"],
    "y",
  ]);
});

test("an optional parameter that is absent has none", async () => {
  const { router, log, note, run } = logging();
  router.param("id", note("id")).get("/book/:id?", () => void log.push("get"));
  await run("/book");
  await run("/book/7");
  assert.deepEqual(log, ["get", ["id", "7"], "get"]);
});

test("an empty parameter has one", async () => {
  const { router, log, note, run } = logging();
  router.param("rest", note("rest")).get("/book/:rest(.*)", () => void log.push("get"));
  await run("/book/");
  assert.deepEqual(log, [["rest", ""], "get"]);
});

test("it may end the chain, and what it throws is thrown", async () => {
  const { router, log, run } = logging();
  router.param("id", (value) => {
    if (value === "bad") throw new Error("no such thing");
    log.push("ended");
  });
  router.get("/:id", () => void log.push("never"));
  await run("/1");
  assert.deepEqual(log, ["ended"]);
  await assert.rejects(async () => run("/bad"), { message: "no such thing" });
});

test("that of a router is for the routers in it, beside theirs; theirs is for them alone", async () => {
  const { router, log, note, run } = logging();
  const inner = new Router().param("id", note("inner")).get("/in/:id", () => void log.push("in"));
  router
    .param("id", note("outer"))
    .use(inner.routes())
    .get("/out/:id", () => void log.push("out"));
  await run("/in/1");
  await run("/out/2");
  assert.deepEqual(log, [["inner", "1"], ["outer", "1"], "in", ["outer", "2"], "out"]);
});
