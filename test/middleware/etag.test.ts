import assert from "node:assert/strict";
import { test } from "node:test";
import { Response } from "../../src/app/response.ts";
import * as etag from "../../src/middleware/etag.ts";
import { FileContext, type FileRequestInit } from "../support/file-context.ts";

const HELLO_TAG = '"a-YdfmHmj2RiwOVqJupcf3PLK9PuJ"';
const MSG_TAG = '"14-JvQev/2QpYTuhshiKlzH0ZRXxAP"';
const bytes = new TextEncoder().encode("..hello deno..");

/** Runs the middleware around a handler that sets `body`. */
async function tagged(
  body: unknown,
  init?: FileRequestInit,
  options?: etag.ETagFactoryOptions,
): Promise<FileContext> {
  const context = new FileContext("/", init);
  await etag.factory(options)(context, async () => {
    context.response.body = body as string;
  });
  return context;
}

test("the namespace holds what it promises", () => {
  assert.deepEqual(Object.keys(etag).sort(), ["calculate", "factory", "getEntity", "ifMatch", "ifNoneMatch"]);
});

const bodies: [name: string, body: () => unknown, tag: string | undefined][] = [
  ["text", () => "hello deno", HELLO_TAG],
  ["bytes", () => new TextEncoder().encode("hello deno"), HELLO_TAG],
  ["a view into a buffer", () => bytes.subarray(2, 12), HELLO_TAG],
  ["another view", () => new DataView(bytes.buffer, 2, 10), HELLO_TAG],
  ["a buffer", () => bytes.slice(2, 12).buffer, HELLO_TAG],
  ["a Blob", () => new Blob(["hello", " deno"]), HELLO_TAG],
  ["an object", () => ({ msg: "hello deno" }), MSG_TAG],
  [
    "an open file",
    () => ({ stat: async () => ({ size: 0x4a3b7, mtime: new Date(1) }), readable: null }),
    'W/"4a3b7-3e8"',
  ],
  ["a function", () => () => "hello deno", undefined],
  ["FormData", () => new FormData(), undefined],
  ["a stream", () => new Blob(["a"]).stream(), undefined],
  ["an async iterable", () => (async function* () {})(), undefined],
  ["nothing", () => undefined, undefined],
  ["null", () => null, undefined],
];

for (const [name, body, tag] of bodies) {
  test(`the tag of ${name}: ${tag}`, async () => {
    const context = await tagged(body());
    assert.equal(context.headers.etag, tag);
    // What has no tag is as it was.
    if (name.endsWith("stream")) assert.equal(await context.text(), "a");
  });
}

test("other content has another tag, whatever kind of body it is", async () => {
  const pairs: [unknown, unknown][] = [
    [new Blob(["a"]), new Blob(["b"])],
    [new URLSearchParams("a=1"), new URLSearchParams("a=2")],
    [Uint8Array.of(1).buffer, Uint8Array.of(2).buffer],
    [1, 2],
    [1n, 2n],
    [true, false],
    [["a"], ["b"]],
  ];
  for (const [one, other] of pairs) {
    const tags = [(await tagged(one)).headers.etag, (await tagged(other)).headers.etag];
    assert.ok(tags[0] !== undefined && tags[0] !== tags[1], `${tags}`);
  }
  assert.equal((await tagged(new URLSearchParams("a=1"))).headers.etag, (await tagged("a=1")).headers.etag);
});

test("an object is tagged as the application makes JSON of it", async () => {
  const replacer = (_key: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
  const response = new Response(undefined, replacer);
  response.body = { a: 1n };
  assert.equal(await etag.getEntity({ response }), '{"a":"1"}');
  response.body = "text";
  assert.equal(await etag.getEntity({ response }), "text");
});

test("an object that JSON can't express rejects as it would when it is sent", async () => {
  await assert.rejects(tagged({ a: 1n }), TypeError);
});

test("a Blob that is too large to be read for its tag has none", async () => {
  assert.equal((await tagged(new Blob(["hello"]), {}, { blobLimitBytes: 4 })).headers.etag, undefined);
  assert.notEqual((await tagged(new Blob(["hello"]), {}, { blobLimitBytes: 5 })).headers.etag, undefined);
});

test("the options of a tag", async () => {
  assert.equal((await tagged("hello deno", {}, { weak: true })).headers.etag, `W/${HELLO_TAG}`);
  const { etag: sha1 } = (await tagged("hello deno", {}, { algorithm: "SHA-1" })).headers;
  assert.ok(sha1 !== undefined && sha1 !== HELLO_TAG);
});

const answers: [ifNoneMatch: string, status: number, method?: string][] = [
  [HELLO_TAG, 304],
  [HELLO_TAG, 304, "HEAD"],
  [`W/${HELLO_TAG}`, 304],
  [`"other", ${HELLO_TAG}`, 304],
  ["*", 304],
  ['"other"', 200],
  [HELLO_TAG, 200, "POST"],
];

for (const [ifNoneMatch, status, method = "GET"] of answers) {
  test(`${method} with If-None-Match ${ifNoneMatch}: ${status}`, async () => {
    const context = await tagged("hello deno", { method, headers: { "if-none-match": ifNoneMatch } });
    assert.deepEqual(
      [context.response.status, context.response.body],
      [status, status === 304 ? null : "hello deno"],
    );
    assert.equal(context.headers.etag, method === "POST" ? undefined : HELLO_TAG);
  });
}

test("a 304 keeps what a cache needs, and nothing of the body", async () => {
  const context = new FileContext("/", { headers: { "if-none-match": '"own"' } });
  await etag.factory()(context, async () => {
    const { response } = context;
    response.body = "<p>hello</p>";
    response.type = "html";
    for (const [name, value] of [
      ["etag", '"own"'],
      ["cache-control", "max-age=5"],
      ["content-language", "en"],
      ["content-length", "12"],
      ["set-cookie", "a=b"],
      ["vary", "Accept"],
    ] as const) {
      response.headers.set(name, value);
    }
  });
  assert.equal(context.response.status, 304);
  assert.deepEqual(context.headers, {
    "cache-control": "max-age=5",
    etag: '"own"',
    "set-cookie": "a=b",
    vary: "Accept",
  });
});

test("a tag of the handler's own is kept, and its stream is cancelled where nobody needs it", async () => {
  for (const [ifNoneMatch, cancelled] of [
    ['"own"', true],
    ['"other"', false],
  ] as const) {
    let cancels = 0;
    const body = new ReadableStream({ cancel: () => void cancels++ });
    const context = new FileContext("/", { headers: { "if-none-match": ifNoneMatch } });
    await etag.factory()(context, async () => {
      context.response.headers.set("etag", '"own"');
      context.response.body = body;
    });
    assert.deepEqual(
      [context.headers.etag, cancels === 1, context.response.body === body],
      ['"own"', cancelled, !cancelled],
    );
  }
});

test("what is not a plain answer, or was sent, is left alone", async () => {
  for (const status of [201, 206, 404, 500]) {
    const context = new FileContext("/", { headers: { "if-none-match": "*" } });
    await etag.factory()(context, async () => {
      context.response.body = "hello deno";
      context.response.status = status;
    });
    assert.deepEqual([context.response.status, context.headers.etag], [status, undefined]);
  }
  const sent = new FileContext("/", { headers: { "if-none-match": "*" } });
  await etag.factory()(sent, async () => {
    sent.response.body = "hello deno";
    sent.response.finalize();
  });
  assert.deepEqual([sent.response.status, sent.headers.etag], [200, undefined]);
});

test("what a handler throws goes through", async () => {
  await assert.rejects(
    etag.factory()(new FileContext(), () => Promise.reject(new Error("mine"))),
    /mine/,
  );
});

test("If-Match and If-None-Match can be asked of an entity", async () => {
  const file = { size: 5, mtime: new Date(1) };
  const weak = (await etag.calculate(file)) ?? "";
  assert.equal(await etag.calculate("hello deno"), HELLO_TAG);
  assert.equal(await etag.ifMatch(`"x", ${HELLO_TAG}`, "hello deno"), true);
  assert.equal(await etag.ifMatch('"x"', "hello deno"), false);
  assert.equal(await etag.ifMatch("*", "hello deno"), true);
  assert.equal(await etag.ifMatch(weak, file), false);
  assert.equal(await etag.ifNoneMatch(`"x", W/${HELLO_TAG}`, "hello deno"), false);
  assert.equal(await etag.ifNoneMatch('"x"', "hello deno"), true);
  assert.equal(await etag.ifNoneMatch(weak, file), false);
});
