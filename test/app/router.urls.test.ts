import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { Router } from "../../src/app/router.ts";
import { ask } from "../support/asking.ts";
import { handContext, noNext } from "../support/hand-context.ts";

const empty = () => undefined;

test("a named route gives its URL", () => {
  const router = new Router().get("get_book", "/book/:id", empty);
  assert.equal(router.url("get_book", { id: "1234" }), "/book/1234");
  assert.equal(router.url("get_book", { id: "1234" }, { query: { sort: "ASC" } }), "/book/1234?sort=ASC");
  assert.equal(router.url("missing"), undefined);
  assert.throws(() => router.url("get_book"), TypeError);
});

test("the URL has the prefixes, and the paths of the routers around it", () => {
  const inner = new Router({ prefix: "/inner" }).get("book", "/book/:id", empty);
  const outer = new Router({ prefix: "/outer" }).use("/at", inner.routes());
  assert.equal(inner.url("book", { id: 1 }), "/inner/book/1");
  assert.equal(outer.url("book", { id: 1 }), "/outer/at/inner/book/1");
});

test("a router gives the URL of any path", () => {
  assert.equal(Router.url("/book/:id", { id: "1 2" }, { query: "a=b" }), "/book/1%202?a=b");
  assert.equal(Router.url("/book"), "/book");
  assert.throws(() => Router.url("/book/:id"), TypeError);
});

test("the name of the last route that has one is the context's", async () => {
  const router = new Router()
    .get("first", "/:id", (_, next) => next())
    .get("last", "/:id", (_, next) => next())
    .get("/:id", empty)
    .post("other", "/:id", empty);
  const context = handContext("/7");
  await router.routes()(context, noNext);
  assert.equal(context.routeName, "last");
  assert.equal(context.router.url("first", { id: "8" }), "/8");
});

/** The status and the place that `router` sends a client to from `path`. */
async function redirectOf(router: Router, path: string, method = "GET"): Promise<unknown[]> {
  const app = new Application({ logErrors: false });
  app.use(router.routes(), (ctx) => ctx.throw(404));
  const { status, headers } = await ask(app, path, { method, redirect: "manual" });
  return [status, headers.get("location")];
}

test("redirect sends clients of any method elsewhere, with the status that it is told", async () => {
  const router = new Router({ prefix: "/api" })
    .get("book", "/book/:id", empty)
    .get("old", "/old/:id", (_, next) => next())
    .redirect("/foo", "/bar")
    .redirect("/gone", "https://example.com/", 301)
    .redirect("/url", new URL("https://example.com/a"), 308)
    .redirect("/by-id/:id", "book")
    .redirect("old", "book", 307);
  assert.deepEqual(await redirectOf(router, "/api/foo"), [302, "/bar"]);
  assert.deepEqual(await redirectOf(router, "/api/foo", "POST"), [302, "/bar"]);
  assert.deepEqual(await redirectOf(router, "/api/gone"), [301, "https://example.com/"]);
  assert.deepEqual(await redirectOf(router, "/api/url"), [308, "https://example.com/a"]);
  assert.deepEqual(await redirectOf(router, "/api/by-id/a%20b"), [302, "/api/book/a%20b"]);
  assert.deepEqual(await redirectOf(router, "/api/old/7"), [307, "/api/book/7"]);
});

test("redirect on a context made by hand", async () => {
  const context = handContext("/foo");
  await new Router().redirect("/foo", "/bar", 301).routes()(context, noNext);
  assert.deepEqual([context.response.status, context.response.headers.get("location")], [301, "/bar"]);
});

test("redirect names the name that is missing: the destination too", () => {
  const router = new Router().get("there", "/there", empty);
  for (const [source, destination] of [
    ["there", "missing"],
    ["missing", "there"],
  ] as const) {
    assert.throws(() => router.redirect(source, destination), {
      name: "RangeError",
      message: 'Cannot redirect by the name "missing": no route has it',
    });
  }
});
