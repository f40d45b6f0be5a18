import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type ProxyOptions, proxy } from "../../src/middleware/proxy.ts";
import type { RuntimeApplication } from "../../src/servers/runtime-application.ts";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { bytesOf } from "../support/byte-stream.ts";
import { defer } from "../support/deferred.ts";
import { RawClient } from "../support/raw-client.ts";
import { runtime } from "../support/runtime-server.ts";
import { quietApp, type Serving, serve } from "../support/serving.ts";
import { readUntil } from "../support/stream-reading.ts";

/** A server, a proxy before it, and how both end. */
interface Proxied {
  port: number;
  url: string;
  front: RuntimeApplication;
  stop(): Promise<void>;
}

async function proxied(
  upstream: RuntimeApplication,
  options: ProxyOptions = {},
  front = quietApp(),
): Promise<Proxied> {
  const behind = await serve(upstream);
  const before = await serveProxy(behind.port, options, front);
  return {
    ...before,
    front,
    async stop() {
      await Promise.all([before.stop(), behind.stop()]);
    },
  };
}

async function serveProxy(
  upstreamPort: number,
  options: ProxyOptions = {},
  front = quietApp(),
): Promise<Serving & { url: string }> {
  front.use(proxy(`http://127.0.0.1:${upstreamPort}`, options));
  const serving = await serve(front, { shutdownTimeoutMs: 100 });
  return { ...serving, url: `http://127.0.0.1:${serving.port}` };
}

/** A server that is nothing but sockets: `answer` is called when a head has come in. */
async function rawServer(
  answer: (socket: Socket, head: string) => void,
): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => {
    let text = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      const before = text.includes("\r\n\r\n");
      text += chunk.toString("latin1");
      if (!before && text.includes("\r\n\r\n")) answer(socket, text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as { port: number }).port, server };
}

test("a request reaches the other server as it was, and its answer the client", async () => {
  const upstream = quietApp();
  upstream.use(async (ctx) => {
    const { method, url, headers, body } = ctx.request;
    ctx.response.status = 201;
    ctx.response.headers.append("set-cookie", "a=1; path=/");
    ctx.response.headers.append("set-cookie", "b=2");
    ctx.response.body = {
      method,
      host: headers.get("host") === url.host,
      path: url.pathname + url.search,
      cookie: headers.get("cookie"),
      forwardedFor: headers.get("x-forwarded-for"),
      forwardedHost: headers.get("x-forwarded-host"),
      text: await body.text(),
    };
  });
  const { url, port, stop } = await proxied(upstream);
  const response = await fetch(`${url}/a%20b/c?d=e`, {
    method: "PUT",
    body: "hello",
    headers: { cookie: "x=y" },
  });
  assert.equal(response.status, 201);
  assert.deepEqual(response.headers.getSetCookie(), ["a=1; path=/", "b=2"]);
  assert.deepEqual(await response.json(), {
    method: "PUT",
    host: true,
    path: "/a%20b/c?d=e",
    cookie: "x=y",
    forwardedFor: "127.0.0.1",
    forwardedHost: `127.0.0.1:${port}`,
    text: "hello",
  });
  await stop();
});

test("events arrive one by one, and the end of the stream is the client's end", async () => {
  const upstream = quietApp();
  const opened = defer<ServerSentEventStreamTarget>();
  upstream.use((ctx) => opened.resolve(ctx.sendEvents()));
  const { url, stop } = await proxied(upstream);
  const response = await fetch(url, { headers: { accept: "text/event-stream" } });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const target = await opened.promise;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (const word of ["one", "two", "three"]) {
    target.dispatchMessage(word);
    await readUntil(reader, `data: ${word}\n\n`);
  }
  await target.close();
  assert.equal((await reader.read()).done, true);
  await stop();
});

test("a client that leaves an event stream is seen by the other server", async () => {
  const upstream = quietApp();
  const opened = defer<ServerSentEventStreamTarget>();
  upstream.use((ctx) => opened.resolve(ctx.sendEvents()));
  const { port, stop } = await proxied(upstream);
  const client = await RawClient.get(port, "/");
  const target = await opened.promise;
  target.dispatchMessage("hello");
  await client.until("data: hello");
  client.destroy();
  await once(target.signal, "abort");
  assert.equal(target.signal.reason.code, "disconnect");
  await stop();
});

test("a client that leaves before the answer is seen by the other server", async () => {
  const asked = defer();
  const left = defer();
  const { port: upstreamPort, server } = await rawServer((socket) => {
    socket.on("close", () => left.resolve());
    asked.resolve();
  });
  const { port, stop } = await serveProxy(upstreamPort);
  const client = await RawClient.get(port, "/");
  await asked.promise;
  client.destroy();
  await left.promise;
  await stop();
  server.close();
});

test("an answer that breaks off breaks off for the client: it is no clean end", async () => {
  for (const framing of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
    const { port: upstreamPort, server } = await rawServer((socket) => {
      const part = framing.startsWith("T") ? "5\r\nhello\r\n" : "hello";
      socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\nContent-Type: text/plain\r\n\r\n${part}`);
      sockets.push(socket);
    });
    const sockets: Socket[] = [];
    const { port, stop } = await serveProxy(upstreamPort);
    const client = await RawClient.get(port, "/");
    await client.until("hello");
    for (const socket of sockets) socket.resetAndDestroy();
    await client.closed;
    assert.doesNotMatch(client.text, /\r\n0\r\n\r\n$/, framing);
    assert.match(client.text, /^HTTP\/1\.1 200 /);
    await stop();
    server.close();
  }
});

test("no server there is a 502, one that is slow a 504", async () => {
  const { port: closedPort, server: closed } = await rawServer(() => undefined);
  closed.close();
  await once(closed, "close");
  const none = await serveProxy(closedPort);
  const bad = await fetch(none.url);
  assert.deepEqual([bad.status, await bad.text()], [502, "Bad Gateway"]);
  await none.stop();

  const left = defer();
  const { port: slowPort, server: slow } = await rawServer((socket) => {
    socket.on("close", () => left.resolve());
  });
  const late = await serveProxy(slowPort, { timeoutMs: 50 });
  const timeout = await fetch(late.url);
  assert.deepEqual([timeout.status, await timeout.text()], [504, "Gateway Timeout"]);
  await left.promise;
  await late.stop();
  slow.close();
});

test("what the other server compresses arrives readable", async () => {
  const upstream = quietApp();
  upstream.use((ctx) => {
    ctx.response.headers = new Headers({ "content-encoding": "gzip", "content-type": "text/plain" });
    ctx.response.body = gzipSync("hello world");
  });
  const { url, port, stop } = await proxied(upstream);
  const response = await fetch(url);
  assert.deepEqual([await response.text(), response.headers.get("content-encoding")], ["hello world", null]);
  const client = await RawClient.get(port, "/", ["Connection: close", "Accept-Encoding: zstd"]);
  await client.closed;
  assert.match(client.text, /hello world/);
  await stop();
});

test("a redirect is the client's to follow, unless it is said otherwise", async () => {
  const upstream = quietApp();
  upstream.use((ctx) => {
    if (ctx.request.url.pathname === "/there") ctx.response.body = "arrived";
    else ctx.response.redirect("/there");
  });
  for (const [redirect, status, text] of [
    ["manual", 302, /^Redirecting/],
    ["follow", 200, /^arrived$/],
  ] as const) {
    const { url, stop } = await proxied(upstream, { redirect });
    const response = await fetch(url, { redirect: "manual" });
    assert.equal(response.status, status);
    assert.match(await response.text(), text);
    await stop();
  }
});

test("the lengths of HEAD and 304 are the other server's", async () => {
  const { port: upstreamPort, server } = await rawServer((socket, head) => {
    const lines: Record<string, string> = {
      "/known": "200 OK\r\nContent-Length: 12345",
      "/unknown": "200 OK\r\nTransfer-Encoding: chunked",
      "/same": '304 Not Modified\r\nETag: "a"',
    };
    socket.end(`HTTP/1.1 ${lines[head.split(" ")[1] ?? ""]}\r\nConnection: close\r\n\r\n`);
  });
  const { url, stop } = await serveProxy(upstreamPort);
  const known = await fetch(`${url}/known`, { method: "HEAD" });
  assert.equal(known.headers.get("content-length"), "12345");
  if (runtime === "node") {
    // Deno and Bun announce 0 for every HEAD whose length is unknown.
    const unknown = await fetch(`${url}/unknown`, { method: "HEAD" });
    assert.equal(unknown.headers.get("content-length"), null);
  }
  const same = await fetch(`${url}/same`, { headers: { "if-none-match": '"a"' } });
  assert.deepEqual([same.status, same.headers.get("etag")], [304, '"a"']);
  await stop();
  server.close();
});

test("a body flows to the other server as it comes in", async () => {
  const upstream = quietApp();
  const first = defer<string>();
  upstream.use(async (ctx) => {
    const reader = (ctx.request.body.stream as ReadableStream<Uint8Array>).getReader();
    const text = await readUntil(reader, "first");
    first.resolve(text);
    ctx.response.body = await readUntil(reader, "last", text);
  });
  const { port, stop } = await proxied(upstream);
  const client = await RawClient.open(port);
  client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  client.send("5\r\nfirst\r\n");
  assert.equal(await first.promise, "first");
  client.send("4\r\nlast\r\n0\r\n\r\n");
  await client.until("firstlast");
  await client.closed;
  await stop();
});

test("a body over the limit is a 413, not the other server's fault", async () => {
  const upstream = quietApp();
  upstream.use(async (ctx) => {
    ctx.response.body = await ctx.request.body.text();
  });
  const limit: RuntimeApplication = quietApp();
  limit.use((ctx, next) => {
    ctx.request.body.limitBytes = 10;
    return next();
  });
  const { port, stop } = await proxied(upstream, {}, limit);
  const client = await RawClient.open(port);
  client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  client.send(`14\r\n${"x".repeat(20)}\r\n`);
  await client.until("HTTP/1.1 413 ");
  client.destroy();
  await stop();
});

test("a body with a length keeps it where the runtime lets it", async () => {
  const heads: string[] = [];
  const { port: upstreamPort, server } = await rawServer((socket, head) => {
    heads.push(head.toLowerCase());
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  const { url, stop } = await serveProxy(upstreamPort);
  await (await fetch(url, { method: "POST", body: "hello" })).text();
  assert.match(heads[0] ?? "", /content-length: 5|transfer-encoding: chunked/);
  assert.doesNotMatch(heads[0] ?? "", /content-length: 5(?:.|\r\n)*transfer-encoding/);
  await stop();
  server.close();
});

test("large bodies arrive whole, both ways", async () => {
  const upstream = quietApp();
  upstream.use(async (ctx) => {
    ctx.response.body = await ctx.request.body.arrayBuffer();
  });
  const { url, stop } = await proxied(upstream);
  const sent = bytesOf("0123456789abcdef".repeat(65_536));
  const response = await fetch(url, { method: "POST", body: sent });
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), sent);
  await stop();
});
