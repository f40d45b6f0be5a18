import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";

type Handler = Parameters<ReturnType<typeof quietApp>["use"]>[0];

async function answering(handler: Handler) {
  const app = quietApp();
  const errors: Error[] = [];
  app.addEventListener("error", ({ error }) => errors.push(error));
  app.use(handler);
  const { port, stop } = await serve(app);
  return { app, errors, port, stop, base: `http://127.0.0.1:${port}` };
}

test("a null-body status with a body is sent without it, and an impossible status is a 500", async () => {
  const { base, stop, errors } = await answering((ctx) => {
    ctx.response.body = "no place for this";
    ctx.response.status = Number(ctx.request.url.searchParams.get("status"));
  });
  for (const status of [204, 205, 304]) {
    const response = await fetch(`${base}/?status=${status}`);
    assert.deepEqual([response.status, await response.text()], [status, ""]);
  }
  const response = await fetch(`${base}/?status=1000`);
  assert.deepEqual([response.status, await response.text()], [500, "Internal Server Error"]);
  assert.equal(errors.length, 1);
  await stop();
});

test("nothing that a handler throws ends the process or reaches the client", async () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const thrown = [
    new Error("secret"),
    "secret",
    null,
    undefined,
    7n,
    Symbol("secret"),
    cycle,
    { toJSON: () => 1n },
  ];
  const { base, stop, errors } = await answering((ctx) => {
    throw thrown[Number(ctx.request.url.searchParams.get("n"))];
  });
  for (const n of thrown.keys()) {
    const response = await fetch(`${base}/?n=${n}`);
    assert.deepEqual([response.status, await response.text()], [500, "Internal Server Error"]);
  }
  assert.equal(errors.length, thrown.length);
  assert.ok(errors.every((error) => error instanceof Error));
  await stop();
});

test("a header that can't be sent is a 500", async () => {
  const { base, stop, errors } = await answering((ctx) => {
    ctx.response.body = "x";
    ctx.response.headers = {
      *[Symbol.iterator]() {
        yield ["bad name", "x"];
      },
      has: () => false,
    } as unknown as Headers;
  });
  assert.equal((await fetch(base)).status, 500);
  assert.equal(errors.length, 1);
  await stop();
});

test("each kind of body is read", async () => {
  const { base, stop } = await answering(async (ctx) => {
    const { body } = ctx.request;
    const form = ctx.request.url.pathname === "/multipart" ? await body.formData() : undefined;
    const file = form?.get("file");
    ctx.response.body = {
      has: body.has,
      json: ctx.request.url.pathname === "/json" ? await body.json() : undefined,
      text: ctx.request.url.pathname === "/text" ? await Promise.all([body.text(), body.text()]) : undefined,
      form: ctx.request.url.pathname === "/form" ? [...(await body.form())] : undefined,
      file: file instanceof File ? [file.name, await file.text()] : undefined,
    };
  });
  const post = async (path: string, body?: BodyInit) =>
    (await fetch(base + path, { method: "POST", ...(body === undefined ? {} : { body }) })).json();
  assert.deepEqual(await post("/json", '{"a":[1]}'), { has: true, json: { a: [1] } });
  assert.deepEqual(await post("/text", "ü".repeat(100_000)), {
    has: true,
    text: Array(2).fill("ü".repeat(100_000)),
  });
  assert.deepEqual(await post("/form", new URLSearchParams("a=1&b=c+d")), {
    has: true,
    form: [
      ["a", "1"],
      ["b", "c d"],
    ],
  });
  const data = new FormData();
  data.append("file", new File(["content"], "name.txt"));
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(await post("/multipart", data), { has: true, file: ["name.txt", "content"] });
  }
  assert.deepEqual(await post("/none"), { has: false });
  await stop();
});

test("a body above the limit is refused while it comes, and the connection's fate is no crash", async () => {
  const { port, stop, errors } = await answering(async (ctx) => {
    ctx.response.body = (await ctx.request.body.text()).length;
  });
  const announced = await RawClient.open(port);
  announced.send(`POST / HTTP/1.1\r\nHost: test\r\nContent-Length: ${11 * 1024 * 1024}\r\n\r\nabc`);
  await announced.until("HTTP/1.1 413");
  announced.destroy();
  const chunked = await RawClient.open(port);
  chunked.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
  for (let sent = 0; sent < 170 && !chunked.text.includes("413"); sent++) {
    chunked.send(chunk);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await chunked.until("HTTP/1.1 413");
  chunked.destroy();
  assert.ok(errors.every((error) => (error as { status?: number }).status === 413));
  await stop();
});

test("a client that leaves in the middle of its body fails the read", async () => {
  let failed: unknown;
  const { port, stop } = await answering(async (ctx) => {
    await ctx.request.body.text().catch((error) => {
      failed = error;
    });
  });
  const client = await RawClient.open(port);
  client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\npart of it");
  await new Promise((resolve) => setTimeout(resolve, 20));
  client.destroy();
  await eventually(() => failed !== undefined);
  await stop();
});

test("a client that leaves before the answer aborts the signal; one that got it does not", async () => {
  const aborts: string[] = [];
  const { port, stop } = await answering(async (ctx) => {
    const { pathname } = ctx.request.url;
    const { signal } = ctx.request;
    signal.addEventListener("abort", () => aborts.push(pathname));
    if (pathname === "/hang") await new Promise((resolve) => signal.addEventListener("abort", resolve));
    ctx.response.body = "answered";
  });
  const satisfied = await RawClient.get(port, "/answered", ["Connection: close"]);
  await satisfied.closed;
  const client = await RawClient.get(port, "/hang");
  await new Promise((resolve) => setTimeout(resolve, 20));
  client.destroy();
  await eventually(() => aborts.length > 0);
  await stop();
  assert.deepEqual(aborts, ["/hang"]);
});

test("ip is the client's; several cookies survive; HEAD has the length", async () => {
  const { base, port, stop } = await answering((ctx) => {
    ctx.response.headers.append("set-cookie", "a=1");
    ctx.response.headers.append("set-cookie", "b=2");
    ctx.response.body = ctx.request.ip;
  });
  const response = await fetch(base);
  assert.deepEqual([await response.text(), response.headers.getSetCookie()], ["127.0.0.1", ["a=1", "b=2"]]);
  const client = await RawClient.open(port);
  client.send("HEAD / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  await client.closed;
  assert.match(client.text, /^content-length: 9\r?$/im);
  assert.ok(client.text.endsWith("\r\n\r\n"));
  await stop();
});

test("a streamed body flows at the reader's pace, and is cancelled when the reader leaves", async () => {
  let made = 0;
  let returned = false;
  const { port, stop } = await answering((ctx) => {
    ctx.response.body = (async function* () {
      try {
        for (; made < 10_000; made++) yield "x".repeat(16_384);
      } finally {
        returned = true;
      }
    })();
  });
  const client = await RawClient.get(port, "/");
  await client.until("xxx");
  client.pause();
  for (let before = -1; made !== before; ) {
    before = made;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(made < 2000, `${made} blocks for a reader that reads none`);
  client.destroy();
  await eventually(() => returned);
  await stop();
});

test("malformed requests are answered or dropped, and the next client is served", async () => {
  const { port, stop } = await answering((ctx) => {
    ctx.response.body = ctx.request.url.pathname;
  });
  for (const request of [
    "GET / HTTP/1.1\r\nHost: [::bad\r\n\r\n",
    "GET //evil.test/path HTTP/1.1\r\nHost: test\r\n\r\n",
    "GET http://other.test/absolute HTTP/1.1\r\nHost: test\r\n\r\n",
    "GET /%E0%A4%A HTTP/1.1\r\nHost: test\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "NONSENSE\r\n\r\n",
    `GET / HTTP/1.1\r\nHost: test\r\nX-Huge: ${"x".repeat(200_000)}\r\n\r\n`,
    "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: -1\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n",
    "\0\0\0\0\r\n\r\n",
  ]) {
    const client = await RawClient.open(port);
    client.send(request);
    client.socket.end();
    await client.closed;
  }
  const response = await fetch(`http://127.0.0.1:${port}//evil.test/path`);
  assert.match(
    await response.text(),
    /^\/{1,2}evil\.test\/path$/,
    "a path, not a host; one runtime joins the slashes",
  );
  await stop();
});

test("a request that can't even be given a context is a 500 that says nothing", async () => {
  const { app, base, stop, errors } = await answering((ctx) => {
    ctx.response.body = "fine";
  });
  Object.defineProperty(app.state, "trap", {
    enumerable: true,
    get() {
      throw new Error("secret");
    },
  });
  const response = await fetch(base);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret|at /);
  assert.equal(errors.length, 1);
  await stop();
});

test("a second answer, whatever the method, is told as an error and leaves the first", async () => {
  const { base, stop, errors } = await answering((ctx) => {
    void ctx.request.originalRequest.respond(new Response("first"));
    ctx.sendEvents();
  });
  assert.equal(await (await fetch(base)).text(), "first");
  assert.equal((await fetch(base, { method: "HEAD" })).status, 200);
  assert.equal(errors.length, 2);
  await stop();
});

test("the answer to HEAD tells no length where none is known, and the connection serves on", async () => {
  const bodies: Record<string, () => unknown> = {
    "/stream": () =>
      new ReadableStream({ pull: (controller) => controller.enqueue("more") }, { highWaterMark: 0 }),
    "/iterable": async function* () {
      yield "part";
    },
    "/function": () => new Blob(["blob"]).stream(),
  };
  const { port, stop, errors } = await answering((ctx) => {
    const { pathname } = ctx.request.url;
    if (pathname === "/events") ctx.sendEvents();
    else if (pathname === "/with")
      ctx.response.with(new Response(new Blob(["given"]).stream(), { status: 203 }));
    else if (pathname === "/length") {
      ctx.response.headers.set("content-length", "4");
      ctx.response.body = bodies["/stream"]?.() as ReadableStream;
    } else if (pathname === "/304") ctx.response.status = 304;
    else if (pathname in bodies) ctx.response.body = bodies[pathname]?.() as ReadableStream;
  });
  const lengths: Record<string, string | undefined> = { "/length": "4", "/none": "0" };
  for (const path of [...Object.keys(bodies), "/events", "/with", "/304", "/length", "/none"]) {
    const client = await RawClient.open(port);
    client.send(`HEAD ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
    await client.until("\r\n\r\n");
    const { head } = client;
    assert.equal(/^content-length: (.*?)\r?$/im.exec(head)?.[1], lengths[path], path);
    client.send(`HEAD /none HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`);
    await client.closed;
    assert.match(client.text.slice(head.length + 4), /^HTTP\/1\.1 404 /, `nothing but heads: ${path}`);
  }
  assert.deepEqual(errors, []);
  await stop();
});
