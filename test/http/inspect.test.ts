import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { showAs } from "../../src/http/inspect.ts";

class Layer {
  readonly path = "/";
  readonly #secret = "hidden";

  static {
    showAs(Layer, "Shown", (layer) => ({ path: layer.path, length: layer.#secret.length }));
  }
}

/** Calls what a runtime calls to show `layer`. */
function callShow(runtime: "Deno.customInspect" | "nodejs.util.inspect.custom", ...args: unknown[]): string {
  const show: unknown = (new Layer() as unknown as Record<symbol, unknown>)[Symbol.for(runtime)];
  assert.ok(typeof show === "function");
  return show.apply(new Layer(), args);
}

test("an instance shows its name and its fields, wherever it is shown", () => {
  assert.equal(inspect(new Layer()), "Shown { path: '/', length: 6 }");
  const shown = callShow(
    "Deno.customInspect",
    (value: unknown, options: unknown) => inspect([value, options]),
    7,
  );
  assert.equal(shown, "Shown [ { path: '/', length: 6 }, 7 ]");
});

test("too deep, only the name is shown, and each level goes one deeper", () => {
  const stylize = (text: string) => text;
  const depths: unknown[] = [];
  const inner = (_: unknown, options: unknown) => {
    depths.push((options as { depth: unknown }).depth);
    return "{}";
  };
  const show = (depth: number, options: object) =>
    callShow("nodejs.util.inspect.custom", depth, { stylize, ...options }, inner);
  assert.equal(show(-1, { depth: 2 }), "[Shown]");
  for (const options of [{ depth: 2 }, { depth: null }, {}]) assert.equal(show(0, options), "Shown {}");
  assert.deepEqual(depths, [1, null, 1]);
});

test("it is no member that one comes across", () => {
  assert.deepEqual(Reflect.ownKeys(new Layer()), ["path"]);
  for (const key in new Layer()) assert.equal(key, "path");
});
