import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { serve } from "@hono/node-server";
import { ServerSentEventStreamTarget } from "dodona/sse";
import { Hono } from "hono";
import { RawClient } from "../support/raw-client.ts";
import { eventually } from "../support/serving.ts";
import { readUntil } from "../support/stream-reading.ts";
import { flood, LIMIT, OPENING, reasonOf } from "./send-events-contract.ts";

function honoApp() {
  const targets: ServerSentEventStreamTarget[] = [];
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header("Access-Control-Allow-Origin", "https://page.test");
    c.header("Set-Cookie", "first=1", { append: true });
  });
  app.get("/events", (c) => {
    const target = new ServerSentEventStreamTarget({
      request: c.req.raw,
      keepAlive: false,
      maxBufferedBytes: 131_072,
    });
    targets.push(target);
    return target.asResponse();
  });
  app.get("/plain", (c) => c.text("plain"));
  return { app, targets };
}

test("Hono, without a socket: the head, each event, and a reader who cancels", LIMIT, async () => {
  const { app, targets } = honoApp();
  const response = await app.request("/events", { headers: { "last-event-id": "41" } });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(response.headers.get("access-control-allow-origin"), "https://page.test");
  const [target] = targets as [ServerSentEventStreamTarget];
  assert.equal(target.lastEventId, "41");
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  assert.equal(await readUntil(reader, OPENING), OPENING);
  for (const word of ["one", "two"]) {
    target.dispatchMessage(word);
    assert.equal(await readUntil(reader, "\n\n"), `data: ${word}\n\n`);
  }
  await reader.cancel();
  assert.equal(reasonOf(target), "disconnect");
});

test("Hono, without a socket: the request's signal ends the stream, and so does close", LIMIT, async () => {
  const { app, targets } = honoApp();
  const controller = new AbortController();
  await app.request("/events", { signal: controller.signal });
  controller.abort();
  await eventually(() => targets[0]?.closed === true);
  assert.equal(reasonOf(targets[0]), "disconnect");
  const response = await app.request("/events");
  targets[1]?.dispatchMessage("last");
  void targets[1]?.close();
  assert.equal(await response.text(), `${OPENING}data: last\n\n`);
  const head = await app.request("/events", { method: "HEAD" });
  assert.equal(head.headers.get("content-type"), "text/event-stream");
  assert.equal(head.body, null);
  assert.equal(reasonOf(targets[2]), "close");
});

async function stageHono(t: TestContext) {
  const said: unknown[] = [];
  t.mock.method(process.stderr, "write", (chunk: unknown) => said.push(String(chunk)) > 0);
  const { app, targets } = honoApp();
  app.onError((error, c) => {
    said.push(error);
    return c.text("failed", 500);
  });
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  if (!server.listening) await once(server, "listening");
  const clients: RawClient[] = [];
  t.after(() => {
    for (const client of clients) client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return {
    targets,
    async get(path: string, version?: string) {
      const client = await RawClient.get((server.address() as AddressInfo).port, path, [], version);
      clients.push(client);
      return client;
    },
    assertSilent: () => assert.deepEqual(said, []),
  };
}

test("Hono on Node: events arrive at once, and a closed stream frees its connection", LIMIT, async (t) => {
  const { get, targets, assertSilent } = await stageHono(t);
  const client = await get("/events");
  await client.until(OPENING);
  assert.match(client.head, /^content-type: text\/event-stream\r?$/im);
  assert.match(client.head, /^access-control-allow-origin: https:\/\/page\.test\r?$/im);
  assert.match(client.head, /^set-cookie: first=1\r?$/im);
  for (let count = 0; count < 5; count++) {
    targets[0]?.dispatchMessage(count);
    await client.until(`data: ${count}\n\n`);
  }
  await targets[0]?.close();
  await client.until("0\r\n\r\n");
  client.text = "";
  client.send("GET /plain HTTP/1.1\r\nHost: test\r\n\r\n");
  await client.until(/\r\n\r\nplain$/);
  assertSilent();
});

for (const [way, leave] of [
  ["with an end", (client: RawClient) => client.socket.end()],
  ["at once", (client: RawClient) => client.destroy()],
  ["with a reset", (client: RawClient) => client.reset()],
] as const) {
  test(`Hono on Node: a reader who leaves a silent stream ${way} is missed`, LIMIT, async (t) => {
    const { get, targets, assertSilent } = await stageHono(t);
    const client = await get("/events");
    await client.until(OPENING);
    leave(client);
    await eventually(() => targets[0]?.closed === true);
    assert.equal(reasonOf(targets[0]), "disconnect");
    assert.equal(targets[0]?.dispatchMessage("late"), false);
    await (await get("/plain")).until(/\r\n\r\nplain$/);
    assertSilent();
  });
}

test("Hono on Node: a reader of HTTP/1.0 gets the stream unchunked", LIMIT, async (t) => {
  const { get, targets } = await stageHono(t);
  const client = await get("/events", "1.0");
  await client.until(OPENING);
  targets[0]?.dispatchMessage("plain bytes");
  await client.until("data: plain bytes\n\n");
  await targets[0]?.close();
  await client.closed;
  assert.equal(client.text.slice(client.head.length + 4), `${OPENING}data: plain bytes\n\n`);
});

test("Hono on Node: a reader who does not read overflows, and nobody else", LIMIT, async (t) => {
  const { get, targets, assertSilent } = await stageHono(t);
  const deaf = await get("/events");
  await deaf.until(OPENING);
  deaf.pause();
  const listener = await get("/events");
  await listener.until(OPENING);
  await flood(targets[0] as ServerSentEventStreamTarget);
  assert.equal(reasonOf(targets[0]), "overflow");
  targets[1]?.dispatchMessage("well");
  await listener.until("data: well\n\n");
  assertSilent();
});
