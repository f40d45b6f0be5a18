import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Application } from "../../src/app/application.ts";
import type { Context } from "../../src/app/context.ts";
import { KeyStack } from "../../src/http/key-stack.ts";
import { ask } from "../support/asking.ts";

test("keys in an array become a key stack, and others stay what they are", async () => {
  const app = new Application();
  assert.equal(app.keys, undefined);
  app.keys = ["hello", "world"];
  assert.ok(app.keys instanceof KeyStack);
  assert.equal(await app.keys.sign("world"), "8ayXAutfryPKKRpNxG3t3u4qeMza8KQSvtdxTP_7HMQ");
  const stack = new KeyStack(["new"]);
  app.keys = stack;
  assert.equal(app.keys, stack);
  const own = { sign: async () => "", verify: async () => true, indexOf: async () => 0 };
  app.keys = own;
  assert.equal(app.keys, own);
  app.keys = undefined;
  assert.equal(app.keys, undefined);
  app.keys = null as unknown as undefined;
  assert.equal(app.keys, undefined);
  assert.throws(() => {
    app.keys = [];
  }, TypeError);
});

test("keys can be given from the start", () => {
  assert.ok(new Application({ keys: ["hello"] }).keys instanceof KeyStack);
  const stack = new KeyStack(["hello"]);
  assert.equal(new Application({ keys: stack }).keys, stack);
});

test("the replacer sees each value of a body that becomes JSON, and the context", async () => {
  const seen: [string, Context][] = [];
  let context: Context | undefined;
  const app = new Application({
    jsonBodyReplacer(key, value, ctx) {
      seen.push([key, ctx]);
      return typeof value === "bigint" ? { __bigint: String(value) } : value;
    },
  });
  app.use((ctx) => {
    context = ctx;
    ctx.response.body = { a: 123456n };
  });
  assert.deepEqual(await (await ask(app)).json(), { a: { __bigint: "123456" } });
  assert.deepEqual(
    seen.map(([key]) => key),
    ["", "a", "__bigint"],
  );
  for (const [, ctx] of seen) assert.equal(ctx, context);
});

test("the reviver sees each value of a body that was JSON, and the context", async () => {
  const seen: [string, Context][] = [];
  let context: Context | undefined;
  let body: unknown;
  const app = new Application({
    jsonBodyReviver(key, value, ctx) {
      seen.push([key, ctx]);
      if (typeof value === "object" && value !== null && "__bigint" in value)
        return BigInt(value.__bigint as string);
      return value;
    },
  });
  app.use(async (ctx) => {
    context = ctx;
    body = await ctx.request.body.json();
  });
  await ask(app, "/", { method: "POST", body: '{"a":{"__bigint":"123456"}}' });
  assert.deepEqual(body, { a: 123456n });
  assert.deepEqual(
    seen.map(([key]) => key),
    ["__bigint", "a", ""],
  );
  for (const [, ctx] of seen) assert.equal(ctx, context);
});

test("a body above the limit is answered with 413", async () => {
  const app = new Application({ bodyLimitBytes: 4 });
  app.use(async (ctx) => {
    ctx.response.body = await ctx.request.body.text();
  });
  const post = (body: string) => ask(app, "/", { method: "POST", body });
  assert.equal(await (await post("four")).text(), "four");
  const refused = await post("fives");
  assert.deepEqual([refused.status, await refused.text()], [413, "The body is larger than 4 bytes"]);
});

test("a proxy is believed only when the application says so, and from then on", async () => {
  const app = new Application();
  app.use(({ request, response }) => {
    response.body = [request.url.href, request.ip];
  });
  const headers = {
    host: "10.255.255.255",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "10.10.10.10",
    "x-forwarded-for": "10.10.10.11, 10.10.10.12",
  };
  const there = async () => (await ask(app, "/index.html", { headers })).json();
  assert.deepEqual(await there(), ["http://host.test/index.html", ""]);
  app.proxy = true;
  assert.deepEqual(await there(), ["https://10.10.10.10/index.html", "10.10.10.11"]);
  assert.equal(new Application({ proxy: true }).proxy, true);
});

test("an application shows its middleware, keys, proxy and state", () => {
  assert.equal(
    inspect(new Application()),
    "Application { '#middleware': [], keys: undefined, proxy: false, state: {} }",
  );
});

test("a compressed body is refused, unless the application decodes it", async () => {
  const gzip = new Blob(["hello"]).stream().pipeThrough(new CompressionStream("gzip"));
  const body = await new Response(gzip).arrayBuffer();
  const headers = { "content-encoding": "gzip" };
  for (const [options, status, text] of [
    [{}, 415, undefined],
    [{ decompressBody: true }, 200, "hello"],
  ] as const) {
    const app = new Application({ logErrors: false, ...options });
    app.use(async (ctx) => {
      ctx.response.body = await ctx.request.body.text();
    });
    const answer = await ask(app, "/", { method: "POST", body, headers });
    assert.equal(answer.status, status);
    if (text !== undefined) assert.equal(await answer.text(), text);
  }
});

test("a limit of bodies that is none is refused where it is set", () => {
  for (const bodyLimitBytes of [-1, Number.NaN]) {
    assert.throws(() => new Application({ bodyLimitBytes }), RangeError);
  }
});
