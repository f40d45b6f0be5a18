import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Application } from "../../src/app/application.ts";
import { denoInspect, nodeInspect } from "../../src/app/inspect.ts";
import { Response } from "../../src/app/response.ts";

test("the symbols are those that the runtimes know", () => {
  assert.equal(denoInspect, Symbol.for("Deno.customInspect"));
  assert.equal(nodeInspect, inspect.custom);
});

test("an application shows its middleware, keys, proxy and state", () => {
  const shown = new Application()[denoInspect]((value) => inspect(value), undefined);
  assert.equal(shown, "Application { '#middleware': [], keys: undefined, proxy: false, state: {} }");
  assert.equal(inspect(new Application()), shown);
});

test("a response shows what was set", () => {
  const response = new Response();
  response.body = "text";
  const shown = response[denoInspect]((value) => Object.keys(value as object).join(), undefined);
  assert.equal(shown, "Response body,headers,status,type,writable");
});

test("too deep, only the name is shown", () => {
  assert.equal(inspect({ a: { b: new Response() } }, { depth: 1 }), "{ a: { b: [Response] } }");
  assert.match(inspect({ a: new Response() }, { depth: null }), /^\{\s+a: Response \{/);
});
