import assert from "node:assert/strict";
import { test } from "node:test";
import { RouteTable } from "../../src/app/route-table.ts";
import { handContext, noNext } from "../support/hand-context.ts";

const handlers = [(_: unknown, next: () => Promise<unknown>) => next()];
const get = { methods: ["GET"], handlers };

/** The paths of a table's routes. */
function pathsOf(table: RouteTable): string[] {
  return table.layers.map(({ path }) => path);
}

test("a table finds what was added last as well", () => {
  const table = new RouteTable();
  assert.deepEqual(table.find("/a").items, []);
  table.add("/a", get);
  assert.deepEqual(table.find("/a").items, [...table.layers]);
});

test("the methods that are known are those of the options, and of the routes", () => {
  const table = new RouteTable();
  for (const method of ["GET", "OPTIONS", "QUERY"]) assert.equal(table.knows(method), true, method);
  assert.deepEqual([table.knows("PROPFIND"), table.allMethods.includes("QUERY")], [false, false]);
  table.add("/a", { methods: ["PROPFIND"], handlers });
  assert.equal(table.knows("PROPFIND"), true);
  const few = new RouteTable({ methods: ["GET", "OPTIONS"] });
  assert.deepEqual([few.knows("POST"), few.allMethods], [false, ["GET"]]);
});

test("a prefix is for what is there and what is to come, and another takes its place", () => {
  const table = new RouteTable({ prefix: "/one" });
  table.add("/a", get);
  table.setPrefix("/two");
  table.add("/b", get);
  assert.deepEqual(pathsOf(table), ["/two/a", "/two/b"]);
  assert.deepEqual(table.find("/one/a").items, []);
  assert.equal(table.find("/two/a").items.length, 1);
  table.setPrefix("{/:lang}?");
  assert.equal(table.find("/de/a").items.length, 1);
  assert.throws(() => table.setPrefix("three"), TypeError);
  assert.deepEqual(pathsOf(table), ["{/:lang}?/a", "{/:lang}?/b"]);
});

test("a table takes over the routes of another as they are now", () => {
  const [outer, inner] = [new RouteTable({ prefix: "/outer" }), new RouteTable({ prefix: "/inner" })];
  inner.add("/a", get);
  outer.mount("/at/", inner);
  inner.add("/b", get);
  inner.setPrefix("/other");
  assert.deepEqual(pathsOf(outer), ["/outer/at/inner/a"]);
  outer.setPrefix("/new");
  assert.deepEqual(pathsOf(outer), ["/new/at/inner/a"]);
});

test("a table can be put into itself", () => {
  const table = new RouteTable();
  table.add("/a", get);
  table.mount("/b", table);
  assert.deepEqual(pathsOf(table), ["/a", "/b/a"]);
});

test("a run tells the context of all routes of the path, of whatever method", async () => {
  const table = new RouteTable();
  table.add("/:id", { methods: ["POST"], handlers });
  table.add("/:any", { methods: ["GET"], handlers, name: "any" });
  const context = handContext("/7");
  let ended = 0;
  const next = async () => ended++;
  await table.run(table.find("/7"), context, next);
  await table.run(table.find("/none/of/these"), context, next);
  assert.deepEqual(context.matched, [...table.layers]);
  assert.deepEqual(
    [context.routeName, context.params, context.captures, ended],
    ["any", { any: "7" }, ["7"], 2],
  );
});

test("middleware objects are initialized once, one after another", async () => {
  const log: string[] = [];
  const make = (name: string) => ({ init: async () => log.push(name), handleRequest: noNext });
  const [one, two] = [make("one"), make("two")];
  const table = new RouteTable();
  table.add("/a", { methods: ["GET"], handlers: [one, noNext, two] });
  table.add("/b", { methods: ["GET"], handlers: [one] });
  await table.init();
  table.add("/c", { methods: ["GET"], handlers: [make("three")] });
  await table.init();
  assert.deepEqual(log, ["one", "two", "three"]);
});

test("a redirection leads from a path or name to a path, name or URL", () => {
  const table = new RouteTable({ prefix: "/api" });
  table.add("/book/:id", { ...get, name: "book" });
  assert.deepEqual(table.redirection("/a", "/b").locate({}), "/b");
  assert.equal(table.redirection("book", "/b").path, "/book/:id");
  assert.equal(table.redirection("/a/:id", "book").locate({ id: "7" }), "/api/book/7");
  assert.equal(table.redirection("/a", "https://example.com/").locate({}), "https://example.com/");
  const url = new URL("https://example.com/");
  assert.equal(table.redirection("/a", url).locate({}), url);
});

test("a redirection names the name that no route has, be it the source or the destination", () => {
  const table = new RouteTable();
  table.add("/book/:id", { ...get, name: "book" });
  for (const [source, destination] of [
    ["missing", "/b"],
    ["missing", "book"],
    ["/a", "missing"],
    ["book", "missing"],
  ] as const) {
    assert.throws(() => table.redirection(source, destination), {
      name: "RangeError",
      message: 'Cannot redirect by the name "missing": no route has it',
    });
  }
});
