import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Layer } from "../../src/app/route-layer.ts";

const handler = () => undefined;

test("GET brings HEAD, once, and first, however often the route is copied", () => {
  assert.deepEqual(new Layer("/", ["PUT", "GET"], handler).methods, ["HEAD", "PUT", "GET"]);
  assert.deepEqual(new Layer("/", ["DELETE", "GET", "HEAD"], handler).methods, ["HEAD", "DELETE", "GET"]);
  assert.deepEqual(new Layer("/", ["GET"], handler).clone().clone().clone().methods, ["HEAD", "GET"]);
  assert.deepEqual(new Layer("/", [], handler).methods, []);
});

test("it matches, captures and names", () => {
  const layer = new Layer("/book/:id/:page?", ["GET"], [handler]);
  assert.equal(layer.match("/book/1"), true);
  assert.equal(layer.match("/books"), false);
  assert.deepEqual(layer.captures("/book/a%20b/2"), ["a%20b", "2"]);
  assert.deepEqual(layer.params(["a%20b", undefined], { other: "x" }), { other: "x", id: "a b" });
  assert.equal(layer.url({ id: "1", page: 2 }), "/book/1/2");
  assert.deepEqual(new Layer("/:id", [], handler, { ignoreCaptures: true }).captures("/1"), []);
});

test("a prefix takes the place of the one before", () => {
  const layer = new Layer("/:id", ["GET"], handler);
  assert.equal(layer.setPrefix("/a").setPrefix("/b/"), layer);
  assert.deepEqual([layer.path, layer.ownPath, layer.match("/b/1")], ["/b/:id", "/:id", true]);
  assert.equal(layer.setPrefix("").path, "/:id");
});

test("the slash of a root goes where it makes no difference", () => {
  assert.equal(new Layer("/", ["GET"], handler).setPrefix("/a").path, "/a");
  assert.equal(new Layer("/", ["GET"], handler, { strict: true }).setPrefix("/a").path, "/a/");
});

test("everything below a prefix is the prefix", () => {
  const layer = new Layer("", [], handler, { end: false });
  assert.deepEqual([layer.path, layer.match("/any/path")], ["(.*)", true]);
  layer.setPrefix("/a/:id");
  assert.deepEqual(
    [layer.path, layer.match("/any/path"), layer.captures("/a/7/b")],
    ["/a/:id", false, ["7"]],
  );
});

test("a copy is the same, and its own", () => {
  const layer = new Layer("/:id", ["GET"], handler, { name: "book", strict: true }).setPrefix("/a");
  const copy = layer.clone().setPrefix("/b");
  assert.deepEqual([copy.path, copy.name, copy.stack], ["/b/a/:id", "book", [handler]]);
  assert.equal(copy.match("/b/a/1/"), false);
  assert.equal(layer.path, "/a/:id");
});

test("what is no middleware is refused", () => {
  assert.throws(() => new Layer("/", ["GET"], "handler" as never), {
    message: 'Cannot use "handler" as middleware: neither a function nor a middleware object',
  });
});

test("it tells of itself as a route", () => {
  const layer = new Layer("/book/:id", ["GET"], handler, { name: "book" });
  const { regexp, ...others } = layer.toJSON();
  assert.equal(`${regexp}`, "/^\\/book(?:\\/([^\\/#\\?]+?))[\\/#\\?]?$/i");
  assert.deepEqual(others, {
    methods: ["HEAD", "GET"],
    middleware: [handler],
    name: "book",
    options: { end: undefined, sensitive: undefined, strict: undefined, ignoreCaptures: undefined },
    paramNames: ["id"],
    path: "/book/:id",
  });
});

test("it shows the same", () => {
  const layer = new Layer("/book/:id", ["GET"], handler);
  assert.match(
    inspect(layer),
    /^Layer \{\s+methods: \[ 'HEAD', 'GET' \],\s+middleware: \[ \[Function: handler\] \]/,
  );
});
