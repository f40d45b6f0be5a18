/**
 * What `sendEvents` does on any framework that hands out Node's own request and response.
 *
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { ServerSentEvent } from "dodona";
import { sendEvents } from "dodona/node";
import type { ServerSentEventStreamTarget, ServerSentEventTargetOptions } from "dodona/sse";
import { RawClient } from "../support/raw-client.ts";
import { eventually } from "../support/serving.ts";

/** What a stream says first of all. */
export const OPENING = ": \n";
/** No condition that a test waits for takes so long. */
export const LIMIT = { timeout: 20_000 };

/** What the route `/events` does with Node's own request and response. */
export type Open = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Listens on a free port of 127.0.0.1. Before any route, a middleware sets the header
 * `access-control-allow-origin: https://page.test` and the cookies `first=1` and `second=2`, by the means of the
 * framework. GET and HEAD of `/events` call `open`; `/plain` answers "plain". What the framework reports as an
 * error goes to `report`.
 */
export type Serve = (open: Open, report: (error: unknown) => void) => Server | Promise<Server>;

/** A framework that serves until the end of the test. */
export interface Stage {
  port: number;
  /** The targets that were opened, in order. */
  targets: ServerSentEventStreamTarget[];
  get(path: string, headers?: string[], version?: string): Promise<RawClient>;
  /** Fails if the framework, or anybody on the standard error, had something to say. */
  assertSilent(): void;
}

/** Serves until the end of the test, with event streams of `options` on `/events`. */
export async function stage(
  t: TestContext,
  serve: Serve,
  options: ServerSentEventTargetOptions = {},
): Promise<Stage> {
  const targets: ServerSentEventStreamTarget[] = [];
  const open: Open = (request, response) => void targets.push(sendEvents(request, response, options));
  return { targets, ...(await stageWith(t, serve, open)) };
}

/** The same, with a handler of the test's own on `/events`. */
export async function stageWith(t: TestContext, serve: Serve, open: Open): Promise<Omit<Stage, "targets">> {
  const said: unknown[] = [];
  const clients: RawClient[] = [];
  t.mock.method(process.stderr, "write", (chunk: unknown) => said.push(String(chunk)) > 0);
  const server = await serve(open, (error) => said.push(error));
  if (!server.listening) await once(server, "listening");
  t.after(() => {
    for (const client of clients) client.destroy();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async get(path, headers, version) {
      const client = await RawClient.get(port, path, headers, version);
      clients.push(client);
      return client;
    },
    assertSilent: () => assert.deepEqual(said, []),
  };
}

/** The body that a client of HTTP/1.1 makes of the chunks that it got. */
export function bodyOf({ head, text }: RawClient): string {
  const bytes = text.slice(head.length + 4);
  let body = "";
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.slice(at, end), 16);
    if (end === -1 || !(size > 0)) return body;
    body += bytes.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}

/** Sends to a reader who has stopped reading, until the target closes. */
export async function flood(target: ServerSentEventStreamTarget): Promise<void> {
  for (let sent = 0; !target.closed && sent < 2000; sent++) {
    target.dispatchMessage("x".repeat(32_768));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The code of the reason with which `target` is closed. */
export function reasonOf(target: ServerSentEventStreamTarget | undefined): unknown {
  assert.equal(target?.signal.aborted, true, "the target is open");
  return target?.signal.reason.code;
}

/** Runs all tests of the contract for one framework. */
export function testSendEvents(name: string, serve: Serve): void {
  test(`${name}: the head is an event stream's, and keeps what was set before`, LIMIT, async (t) => {
    const { get, targets, assertSilent } = await stage(t, serve, { headers: { "x-own": "1" }, retry: 500 });
    const client = await get("/events", ["Last-Event-ID: 41"]);
    await client.until("retry: 500\n");
    assert.match(client.head, /^HTTP\/1\.1 200 OK\r$/m);
    for (const line of [
      "content-type: text/event-stream",
      "cache-control: no-cache, no-transform",
      "x-accel-buffering: no",
      "x-own: 1",
      "access-control-allow-origin: https://page.test",
    ]) {
      assert.match(client.head, new RegExp(`^${line}\r?$`, "im"));
    }
    assert.match(client.head, /^set-cookie: first=1/im);
    assert.match(client.head, /^set-cookie: second=2/im);
    assert.equal(client.head.match(/^content-type:/gim)?.length, 1);
    assert.equal(targets[0]?.lastEventId, "41");
    assertSilent();
  });

  test(`${name}: what was set before is kept where ours is only a proposal`, LIMIT, async (t) => {
    const { get } = await stageWith(t, serve, (request, response) => {
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      sendEvents(request, response);
    });
    const client = await get("/events");
    await client.until(OPENING);
    const fields = client.head.toLowerCase().split("\r\n");
    const all = (name: string) => fields.filter((field) => field.startsWith(name));
    assert.deepEqual(all("content-type"), ["content-type: text/event-stream"]);
    assert.deepEqual(all("cache-control"), ["cache-control: no-store"]);
  });

  test(`${name}: a length that was set before does not frame the stream`, LIMIT, async (t) => {
    const { get } = await stageWith(t, serve, (request, response) => {
      response.setHeader("Content-Length", 5);
      sendEvents(request, response).dispatchMessage("longer than five bytes");
    });
    const client = await get("/events");
    await client.until("data: longer than five bytes\n\n");
    assert.doesNotMatch(client.head, /^content-length:/im);
    assert.match(client.head, /^transfer-encoding: chunked/im);
  });

  test(`${name}: each event arrives at once, and all in order`, LIMIT, async (t) => {
    const { get, targets } = await stage(t, serve);
    const client = await get("/events");
    await client.until(OPENING);
    const [target] = targets as [ServerSentEventStreamTarget];
    for (let count = 0; count < 5; count++) {
      target.dispatchEvent(new ServerSentEvent("count", count, { id: count }));
      await client.until(`id: ${count}\n`);
    }
    const all = Array.from({ length: 100 }, (_, index) => `data: ${index}\n\n`).join("");
    for (let index = 0; index < 100; index++) target.dispatchMessage(index);
    await client.until("data: 99\n");
    await eventually(() => bodyOf(client).endsWith(all));
    assert.equal(target.closed, false);
  });

  test(
    `${name}: a reader of HTTP/1.0 gets the stream unchunked, and its end is the connection's`,
    LIMIT,
    async (t) => {
      const { get, targets, assertSilent } = await stage(t, serve);
      const client = await get("/events", [], "1.0");
      await client.until(OPENING);
      targets[0]?.dispatchMessage("plain bytes");
      await client.until("data: plain bytes\n\n");
      assert.doesNotMatch(client.head, /transfer-encoding/i);
      await targets[0]?.close();
      await client.closed;
      assert.equal(client.text.slice(client.head.length + 4), `${OPENING}data: plain bytes\n\n`);
      assertSilent();
    },
  );

  for (const [way, leave] of [
    ["with an end", (client: RawClient) => client.socket.end()],
    ["at once", (client: RawClient) => client.destroy()],
    ["with a reset", (client: RawClient) => client.reset()],
  ] as const) {
    test(`${name}: a reader who leaves a silent stream ${way} is missed`, LIMIT, async (t) => {
      const { get, targets, assertSilent } = await stage(t, serve, { keepAlive: false });
      const client = await get("/events");
      await client.until(OPENING);
      const [target] = targets as [ServerSentEventStreamTarget];
      leave(client);
      await eventually(() => target.closed);
      assert.equal(reasonOf(target), "disconnect");
      assert.equal(target.dispatchMessage("late"), false);
      await target.close();
      // What a framework has to say of it, it says after the turn.
      const { text } = await answerTo(get, "/plain");
      assert.match(text, /plain$/);
      assertSilent();
    });
  }

  test(`${name}: for a reader who has left already, a target opens and closes`, LIMIT, async (t) => {
    const targets: ServerSentEventStreamTarget[] = [];
    const asked: (() => void)[] = [];
    const { get, assertSilent } = await stageWith(t, serve, (request, response) => {
      for (const resolve of asked) resolve();
      response.once("close", () => void targets.push(sendEvents(request, response, { keepAlive: false })));
    });
    const arrival = new Promise<void>((resolve) => asked.push(resolve));
    const client = await get("/events");
    await arrival;
    client.destroy();
    await eventually(() => targets[0]?.closed === true);
    assert.equal(reasonOf(targets[0]), "disconnect");
    await targets[0]?.close();
    assert.match((await answerTo(get, "/plain")).text, /plain$/);
    assertSilent();
  });

  test(`${name}: a closed stream ends its response, and its connection serves on`, LIMIT, async (t) => {
    const { get, targets, assertSilent } = await stage(t, serve);
    const client = await get("/events");
    await client.until(OPENING);
    targets[0]?.dispatchMessage("last");
    await targets[0]?.close();
    assert.equal(reasonOf(targets[0]), "close");
    await client.until("0\r\n\r\n");
    assert.equal(bodyOf(client), `${OPENING}data: last\n\n`);
    client.text = "";
    client.send("GET /plain HTTP/1.1\r\nHost: test\r\n\r\n");
    await client.until(/\r\n\r\nplain$/);
    client.text = "";
    client.send("GET /events HTTP/1.1\r\nHost: test\r\n\r\n");
    await client.until(OPENING);
    targets[1]?.dispatchMessage("again");
    await client.until("data: again\n\n");
    assertSilent();
  });

  test(`${name}: HEAD is answered by the head alone`, LIMIT, async (t) => {
    const { get, port, targets, assertSilent } = await stage(t, serve);
    const client = await RawClient.open(port);
    t.after(() => client.destroy());
    client.send("HEAD /events HTTP/1.1\r\nHost: test\r\n\r\nGET /plain HTTP/1.1\r\nHost: test\r\n\r\n");
    await client.until(/\r\n\r\nplain$/);
    assert.match(client.head, /^HTTP\/1\.1 200 /);
    assert.match(client.head, /^content-type: text\/event-stream\r?$/im);
    assert.match(client.text.slice(client.head.length), /^\r\n\r\nHTTP\/1\.1 200 /);
    assert.equal(reasonOf(targets[0]), "close");
    assert.match((await answerTo(get, "/plain")).text, /plain$/);
    assertSilent();
  });

  test(`${name}: a reader who does not read overflows, and nobody else`, LIMIT, async (t) => {
    const { get, targets, assertSilent } = await stage(t, serve, {
      highWaterMarkBytes: 16_384,
      maxBufferedBytes: 131_072,
    });
    const deaf = await get("/events");
    await deaf.until(OPENING);
    deaf.pause();
    const listener = await get("/events");
    await listener.until(OPENING);
    const [lost, kept] = targets as [ServerSentEventStreamTarget, ServerSentEventStreamTarget];
    await flood(lost);
    assert.equal(reasonOf(lost), "overflow");
    assert.equal(lost.bufferedAmount <= 131_072, true);
    await lost.close();
    kept.dispatchMessage("well");
    await listener.until("data: well\n\n");
    assertSilent();
  });

  test(`${name}: once the head was sent, events are refused with a clear error`, LIMIT, async (t) => {
    const errors: unknown[] = [];
    const { get, assertSilent } = await stageWith(t, serve, (request, response) => {
      response.writeHead(200, { "content-length": 2 });
      response.flushHeaders();
      try {
        sendEvents(request, response);
      } catch (error) {
        errors.push(error);
      }
      response.end("ok");
    });
    assert.match((await answerTo(get, "/events")).text, /\r\n\r\nok$/);
    assert.equal(errors.length, 1);
    assert.match(`${errors[0]}`, /^Error: Cannot send events: the head of the response was sent already$/);
    assertSilent();
  });
}

/** Asks on a connection of its own, and waits for its end. */
async function answerTo(get: Stage["get"], path: string): Promise<RawClient> {
  const client = await get(path, ["Connection: close"]);
  await client.closed;
  return client;
}
