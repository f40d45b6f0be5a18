import assert from "node:assert/strict";
import { test } from "node:test";
import { RouteChains } from "../../src/app/route-chains.ts";
import { Layer } from "../../src/app/route-layer.ts";
import { handContext, noNext } from "../support/hand-context.ts";

const pass = (_: unknown, next: () => Promise<unknown>) => next();
const use = new Layer("", [], pass, { end: false });
const get = new Layer("/:id", ["GET"], pass, { name: "get" });
const post = new Layer("/:id", ["POST"], pass, { name: "post" });

function chainsOf(...layers: Layer[]): RouteChains {
  return new RouteChains(layers, () => undefined);
}

test("the same routes and method give the same chain, others another", () => {
  const chains = chainsOf(use, get, post);
  const chain = chains.find([use, get, post], "GET");
  assert.ok(chain !== undefined);
  assert.equal(chains.find([use, get, post], "GET"), chain);
  assert.notEqual(chains.find([use, get, post], "POST"), chain);
  assert.notEqual(chains.find([get, post], "GET"), chain);
  assert.notEqual(chains.find([get, use, post], "GET"), chain);
});

test("all methods that no route is of share one chain: a client can't make it more", () => {
  const chains = chainsOf(use, get);
  const chain = chains.find([use, get], "BREW");
  assert.ok(chain !== undefined);
  assert.equal(chains.find([use, get], "WHEN"), chain);
});

test("where no route answers the method there is no chain", () => {
  const chains = chainsOf(get);
  for (const time of ["first", "again"]) assert.equal(chains.find([get], "POST"), undefined, time);
  assert.equal(chains.find([], "GET"), undefined);
});

test("a chain has the name of the last route in it that has one", () => {
  const chains = chainsOf(use, get, post);
  assert.equal(chains.find([get, post, use], "GET")?.name, "get");
  assert.equal(chains.find([get, post, use], "POST")?.name, "post");
  assert.equal(chains.find([use], "GET")?.name, undefined);
});

test("more sets of routes than are kept are composed anew, and run", async () => {
  const layers = Array.from({ length: 150 }, () => get.clone());
  const chains = chainsOf(...layers);
  const first = chains.find([get], "GET");
  for (const a of layers) for (const b of layers) assert.ok(chains.find([a, b], "GET"));
  const again = chains.find([get], "GET");
  assert.notEqual(again, first);
  const context = handContext("/7");
  await again?.run(context, noNext, { path: "/7", plain: true, items: [get] });
  assert.deepEqual(context.params, { id: "7" });
});
