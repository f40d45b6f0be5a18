import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { skipUnlessNode as skip } from "../support/node-answering.ts";
import { RawClient } from "../support/raw-client.ts";
import { listenWith } from "../support/runtime-server.ts";
import { WebSocketClient } from "../support/web-socket-client.ts";

const HANDSHAKE = [
  "GET / HTTP/1.1",
  "Host: test",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "\r\n",
].join("\r\n");

test("the WebSocket of a client that is gone before the answer ends at once", { skip }, async () => {
  const events: string[] = [];
  let asked = false;
  let left!: () => void;
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const { server, port } = await listenWith(async (request) => {
    asked = true;
    await gone;
    await eventually(() => request.signal?.aborted === true);
    const socket = request.upgrade?.();
    socket?.addEventListener("close", ({ code }) => events.push(`close ${code}`));
    socket?.close();
  });
  const client = await RawClient.open(port);
  client.send(HANDSHAKE);
  await eventually(() => asked);
  client.destroy();
  left();
  await eventually(() => events.length > 0);
  assert.deepEqual(events, ["close 1006"]);
  await server.close();
});

test("a message that is too large is a 1009, and an error here", { skip }, async () => {
  const errors: string[] = [];
  const { server, port } = await listenWith((request) => {
    request.upgrade?.().addEventListener("error", (event) => errors.push((event as ErrorEvent).message));
  });
  const client = await WebSocketClient.open(port);
  client.socket.send("x".repeat(16 * 1024 * 1024 + 1));
  assert.equal((await client.closed).code, 1009);
  assert.deepEqual(errors, ["Max payload size exceeded"]);
  await server.close();
});

test("bytes that are no frame end it with a protocol error", { skip }, async () => {
  let socket: WebSocket | undefined;
  const { server, port } = await listenWith((request) => {
    socket = request.upgrade?.();
  });
  const client = await RawClient.open(port);
  client.send(HANDSHAKE);
  await client.until("\r\n\r\n");
  client.send("\xff\xff\xff\xff\xff");
  await eventually(() => socket?.readyState === 3);
  // 1002, in a close frame.
  await client.until("\x88\x02\x03\xea");
  client.destroy();
  await server.close();
});
