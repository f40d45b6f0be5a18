import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { Router } from "../../src/app/router.ts";
import { type ProxyOptions, proxy } from "../../src/middleware/proxy.ts";
import {
  createMockContext,
  createMockNext,
  type MockContextOptions,
} from "../../src/testing/mock-context.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

/** Passes a request on to a server that gives `answer`; gives what it got, and the context. */
async function pass(
  mock: MockContextOptions,
  options: ProxyOptions = {},
  answer: () => Response | Promise<Response> = () => new Response("hello world"),
  target: string | URL = "https://upstream.test/",
) {
  const requests: Request[] = [];
  const fetch = (request: Request) => {
    requests.push(request);
    return answer();
  };
  const ctx = createMockContext(mock);
  let nexts = 0;
  await proxy(target, { fetch, ...options })(ctx, async () => void nexts++);
  return { ctx, requests, sent: requests[0] as Request, nexts };
}

const BODYLESS = { method: "POST", path: "/" };

test("it is a middleware of applications and of routers", () => {
  new Application().use(proxy("https://upstream.test/"));
  new Router().get("/", proxy("https://upstream.test/"));
});

test("a request is passed on with its path and query, and the answer is taken", async () => {
  const headers = { "content-type": "plain/text", "x-upstream": "1" };
  const { ctx, sent, nexts } = await pass({ path: "/oak/FAQ?query=foobar&page=42" }, {}, () => {
    return new Response("hello world", { status: 203, headers });
  });
  assert.equal(sent.url, "https://upstream.test/oak/FAQ?query=foobar&page=42");
  assert.equal(sent.headers.get("x-forwarded-for"), "127.0.0.1");
  assert.equal(nexts, 1);
  const { response } = ctx;
  assert.ok(response.body instanceof ReadableStream);
  assert.equal(await new Response(response.body).text(), "hello world");
  assert.deepEqual(
    [response.status, response.headers.get("content-type"), response.headers.get("x-upstream")],
    [203, "plain/text", "1"],
  );
});

const matching: [name: string, match: ProxyOptions["match"], path: string, passed: boolean][] = [
  ["the beginning of a path", "/oak", "/oak/FAQ", true],
  ["the beginning of a path", "/oak", "/", false],
  ["a regular expression", /\.ts$/, "/oak/index.ts", true],
  ["a regular expression", /\.ts$/, "/oak/index.js", false],
  ["a function", (ctx) => ctx.request.url.pathname.startsWith("/oak"), "/oak/FAQ", true],
  ["a function", (ctx) => ctx.request.url.pathname.startsWith("/oak"), "/", false],
];

for (const [name, match, path, passed] of matching) {
  test(`by ${name}, ${path} is ${passed ? "" : "not "}passed on`, async () => {
    const { ctx, requests, nexts } = await pass({ path }, { match });
    assert.deepEqual([requests.length, nexts], [passed ? 1 : 0, 1]);
    assert.equal(ctx.response.body instanceof ReadableStream, passed);
  });
}

test("a regular expression that keeps its place matches each request anew", async () => {
  const match = /\.ts/g;
  for (let count = 0; count < 3; count++) {
    assert.equal((await pass({ path: "/index.ts" }, { match })).requests.length, 1);
  }
});

test("fetch is given the context, and a signal", async () => {
  const ctx = createMockContext({ path: "/oak/FAQ" });
  const fetch: ProxyOptions["fetch"] = (request, { context, signal }) => {
    assert.equal(context, ctx);
    assert.deepEqual([signal.aborted, request.signal.aborted], [false, false]);
    return new Response("hello world");
  };
  await proxy("https://upstream.test", { fetch })(ctx, createMockNext());
  assert.equal(ctx.response.status, 200);
});

test("headers can be set, the request and the answer changed", async () => {
  const { ctx, sent } = await pass(
    { path: "/", headers: [["x-client", "1"]] },
    {
      headers: { "x-client": "2", "x-set": "3" },
      request: (request) =>
        new Request(request, { headers: { ...Object.fromEntries(request.headers), "x-more": "4" } }),
      response: async (response) => new Response(`${await response.text()}!`, { status: 202 }),
    },
  );
  assert.deepEqual(
    ["x-client", "x-set", "x-more"].map((name) => sent.headers.get(name)),
    ["2", "3", "4"],
  );
  assert.equal(await new Response(ctx.response.body as ReadableStream).text(), "hello world!");
  assert.equal(ctx.response.status, 202);
  const made = await pass(BODYLESS, { headers: async (context) => [["x-method", context.request.method]] });
  assert.equal(made.sent.headers.get("x-method"), "POST");
});

test("a body that was read before is passed on", async () => {
  const ctx = createMockContext({ method: "POST", body: streamOf([bytesOf("hello world")]) });
  assert.equal(await ctx.request.body.text(), "hello world");
  const fetch = async (request: Request) => new Response(await request.text());
  await proxy("https://upstream.test/", { fetch })(ctx, createMockNext());
  assert.equal(await new Response(ctx.response.body as ReadableStream).text(), "hello world");
});

test("no answer is a 502 that knows why and tells the client nothing", async () => {
  const cause = new TypeError("fetch failed");
  const failing = pass({ path: "/secret" }, {}, () => Promise.reject(cause));
  await assert.rejects(failing, {
    status: 502,
    expose: false,
    cause,
    message: 'Cannot proxy to "https://upstream.test": fetch failed',
  });
  const throwing = pass({}, {}, () => {
    throw cause;
  });
  await assert.rejects(throwing, { status: 502, cause });
});

test("an HTTP error that fetch throws goes on as it is", async () => {
  const ctx = createMockContext();
  const fetch = (_: Request, { context }: { context: { throw(status: number): never } }) =>
    context.throw(503);
  await assert.rejects(proxy("https://upstream.test/", { fetch })(ctx, createMockNext()), { status: 503 });
});

test("the application can end it, before and after the answer has begun", async () => {
  const controller = new AbortController();
  let inner: AbortSignal | undefined;
  const fetch: ProxyOptions["fetch"] = (_, { signal }) => {
    inner = signal;
    return new Response("hello");
  };
  const passing = proxy("https://upstream.test/", { fetch, signal: controller.signal });
  await passing(createMockContext(), createMockNext());
  assert.equal(inner?.aborted, false);
  const reason = new Error("we close");
  controller.abort(reason);
  assert.deepEqual([inner?.aborted, inner?.reason], [true, reason]);
  await passing(createMockContext(), createMockNext());
  assert.equal(inner?.aborted, true);
});

test("when the response is over, the other server is left", async () => {
  let inner: AbortSignal | undefined;
  const fetch: ProxyOptions["fetch"] = (_, { signal }) => {
    inner = signal;
    return new Response("hello");
  };
  const ctx = createMockContext();
  await proxy("https://upstream.test/", { fetch })(ctx, createMockNext());
  assert.equal(inner?.aborted, false);
  ctx.response.destroy();
  assert.equal(inner?.aborted, true);
});

test("when the answer can't be taken, the other server is left", async () => {
  let inner: AbortSignal | undefined;
  const fetch: ProxyOptions["fetch"] = (_, { signal }) => {
    inner = signal;
    return new Response("hello");
  };
  const reason = new Error("hook");
  const response = () => Promise.reject(reason);
  await assert.rejects(
    proxy("https://upstream.test/", { fetch, response })(createMockContext(), createMockNext()),
    reason,
  );
  assert.equal(inner?.aborted, true);
});

const targets: [target: string, message: RegExp][] = [
  ["", /"": not a URL/],
  ["upstream.test", /"upstream.test": not a URL/],
  ["ftp://upstream.test/", /"ftp:\/\/upstream.test\/": its scheme/],
  ["file:///etc", /its scheme/],
  ["https://user:pass@upstream.test/", /^Cannot proxy to "upstream.test": its URL has credentials/],
];

for (const [target, message] of targets) {
  test(`the target "${target}" is refused at once`, () => {
    assert.throws(() => proxy(target), { name: "TypeError", message });
  });
}

test("a time that is none is refused at once", () => {
  for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
    assert.throws(() => proxy("https://upstream.test/", { timeoutMs }), RangeError, `${timeoutMs}`);
  }
});
