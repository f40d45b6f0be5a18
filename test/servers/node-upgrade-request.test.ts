import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerRequest } from "../../src/app/server-request.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw-client.ts";
import { answer, listenWith, runtime } from "../support/runtime-server.ts";
import { WebSocketClient } from "../support/web-socket-client.ts";

const WEB_SOCKET = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
];

async function echo(request: ServerRequest): Promise<void> {
  answer(request, `${request.method} ${request.url} [${await new Response(request.getBody()).text()}]`);
}

test("a request that asks for a WebSocket may be answered as any other", async () => {
  const { server, port } = await listenWith(echo);
  const client = await RawClient.get(port, "/plain?a", WEB_SOCKET);
  await client.until("GET /plain?a []");
  assert.match(client.head, /^HTTP\/1\.1 200 /);
  assert.match(client.head, /^content-length: 15\r?$/im);
  client.destroy();
  await server.close();
});

test("it may be answered later, or with a stream, whose reader's going is noticed", async () => {
  let closed = false;
  const { server, port } = await listenWith(async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(request.openStream !== undefined);
    const sink = request.openStream({ status: 200, headers: [["content-type", "text/event-stream"]] });
    const onClosed = () => {
      closed = true;
    };
    sink.open({ drained: () => undefined, closed: onClosed }, 1024);
    sink.write(new TextEncoder().encode("data: 1\n\n"));
  });
  const client = await RawClient.get(port, "/", WEB_SOCKET);
  await client.until("data: 1\n\n");
  client.destroy();
  await eventually(() => closed);
  await server.close();
});

test("one that comes behind an answer that is still owed does no harm", async () => {
  let release!: () => void;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { server, port } = await listenWith(async (request) => {
    if (request.url === "/slow") await held;
    await echo(request);
  });
  const client = await RawClient.open(port);
  const second = `GET /second HTTP/1.1\r\nHost: test\r\n${WEB_SOCKET.join("\r\n")}\r\n\r\n`;
  client.send(`GET /slow HTTP/1.1\r\nHost: test\r\n\r\n${second}`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  release();
  await Promise.race([client.closed, client.until("GET /slow []")]);
  client.destroy();
  assert.match(await (await fetch(`http://127.0.0.1:${port}/next`)).text(), /GET \/next \[\]/);
  await server.close();
});

test("a server that closes lets its WebSockets go on until they end", {
  skip: runtime === "deno" ? "Deno ends them itself" : false,
}, async () => {
  let socket: WebSocket | undefined;
  const { server, port } = await listenWith((request) => {
    socket = request.upgrade?.();
    socket?.addEventListener("message", ({ data }) => socket?.send(data));
  });
  const client = await WebSocketClient.open(port);
  let over = false;
  const closed = server.close().then(() => {
    over = true;
  });
  client.socket.send("still there");
  assert.equal(await client.message(), "still there");
  assert.equal(over, false);
  client.socket.close();
  await closed;
});
