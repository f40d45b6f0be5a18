import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerRequest } from "../../src/app/server-request.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw-client.ts";
import { answer, listenWith, runtime } from "../support/runtime-server.ts";
import { WebSocketClient } from "../support/web-socket-client.ts";

/** What happened to a server's socket, in short. */
function watch(socket: WebSocket): unknown[] {
  const events: unknown[] = [];
  socket.addEventListener("open", () => events.push("open"));
  socket.addEventListener("message", ({ data }) => events.push(data));
  socket.addEventListener("error", () => events.push("error"));
  socket.addEventListener("close", ({ code, reason, wasClean }) => events.push([code, reason, wasClean]));
  return events;
}

function upgrade(request: ServerRequest, options?: { protocol?: string; idleTimeout?: number }): WebSocket {
  assert.ok(request.upgrade !== undefined);
  return request.upgrade(options);
}

/** Listens for WebSockets, and gives each that opens. */
async function sockets(options?: { protocol?: string; idleTimeout?: number }) {
  const opened: { socket: WebSocket; events: unknown[] }[] = [];
  const { server, port } = await listenWith((request) => {
    const socket = upgrade(request, options);
    opened.push({ socket, events: watch(socket) });
  });
  async function connect(protocols?: string[]) {
    const client = await WebSocketClient.open(port, "/", protocols);
    const { socket, events } = opened.at(-1) as (typeof opened)[number];
    await eventually(() => events.length > 0);
    return { client, socket, events };
  }
  return { server, port, opened, connect };
}

test("text and bytes go both ways, in order", async () => {
  const { server, connect } = await sockets();
  const { client, socket, events } = await connect();
  assert.deepEqual([socket.binaryType, socket.protocol, socket.readyState], ["blob", "", 1]);
  socket.addEventListener("message", ({ data }) => socket.send(data));
  client.socket.send("grüße");
  assert.equal(await client.message(), "grüße");
  client.socket.send(new Uint8Array([1, 2, 3]));
  client.socket.send("after");
  assert.deepEqual(await client.message(), new Uint8Array([1, 2, 3]), "a blob is sent in its turn");
  assert.equal(await client.message(), "after");
  assert.ok(events[2] instanceof Blob);
  socket.binaryType = "arraybuffer";
  client.socket.send(new Uint8Array([4]));
  assert.deepEqual(await client.message(), new Uint8Array([4]));
  assert.ok(events[4] instanceof ArrayBuffer);
  socket.send(new DataView(new Uint8Array([9, 5, 9]).buffer, 1, 1));
  assert.deepEqual(await client.message(), new Uint8Array([5]));
  client.socket.close();
  await eventually(() => socket.readyState === 3);
  await server.close();
});

test("it opens in a later turn, and refuses to send before", async () => {
  const seen: unknown[] = [];
  let socket: WebSocket | undefined;
  const { server, port } = await listenWith((request) => {
    socket = upgrade(request);
    seen.push(socket.readyState);
    try {
      socket.send("too early");
    } catch (error) {
      seen.push(error instanceof DOMException && error.name);
    }
    queueMicrotask(() => seen.push("microtask"));
    socket.onopen = () => {
      seen.push("open", socket?.readyState);
      socket?.send("now");
    };
  });
  const client = await WebSocketClient.open(port);
  assert.equal(await client.message(), "now");
  assert.deepEqual(seen, [0, "InvalidStateError", "microtask", "open", 1]);
  client.socket.close();
  await eventually(() => socket?.readyState === 3);
  await server.close();
});

test("a large message arrives whole, and one that is too large ends the connection", async () => {
  const { server, connect } = await sockets();
  const { client, socket } = await connect();
  socket.addEventListener("message", ({ data }) => socket.send(String(data.length)));
  client.socket.send("x".repeat(15 * 1024 * 1024));
  assert.equal(await client.message(), String(15 * 1024 * 1024));
  if (runtime !== "deno") {
    client.socket.send("x".repeat(17 * 1024 * 1024));
    const { code } = await client.closed;
    assert.ok(code === 1009 || code === 1006, `${code}`);
  } else client.socket.close();
  await eventually(() => socket.readyState === 3);
  await server.close();
});

test("each side tells the other why it ends", async () => {
  const { server, connect } = await sockets();
  const first = await connect();
  first.client.socket.close(3001, "from the client");
  assert.deepEqual(await first.client.closed, { code: 3001, reason: "from the client" });
  await eventually(() => first.events.length > 1);
  assert.deepEqual(first.events, ["open", [3001, "from the client", true]]);

  const second = await connect();
  second.socket.close(4001, "from the server");
  assert.equal(second.socket.readyState, 2);
  assert.deepEqual(await second.client.closed, { code: 4001, reason: "from the server" });
  await eventually(() => second.events.length > 1);
  assert.deepEqual(second.events, ["open", [4001, "from the server", true]]);
  second.socket.send("nobody hears it");

  const third = await connect();
  third.socket.close(1001, "going");
  assert.deepEqual(await third.client.closed, { code: 1001, reason: "going" });
  await server.close();
});

test("a client that vanishes is an unclean end", async () => {
  const { server, port, opened } = await sockets();
  const client = await RawClient.open(port);
  client.send(HANDSHAKE);
  await client.until("\r\n\r\n");
  assert.match(client.text, /^HTTP\/1\.1 101 /);
  const { socket, events } = opened[0] as (typeof opened)[number];
  await eventually(() => events.length > 0);
  client.reset();
  await eventually(() => socket.readyState === 3);
  const end = events.at(-1) as [number, string, boolean];
  assert.equal(end[2], false);
  await server.close();
});

test("a message in pieces is one; what comes with the request waits for the open", async () => {
  const { server, port, opened } = await sockets();
  const client = await RawClient.open(port);
  // "Hi" and "!" in one message, each masked with zeros.
  client.send(`${HANDSHAKE}\x01\x82\0\0\0\0Hi\x80\x81\0\0\0\0!`);
  await eventually(() => opened[0]?.events.length === 2);
  assert.deepEqual(opened[0]?.events, ["open", "Hi!"]);
  client.destroy();
  await eventually(() => opened[0]?.socket.readyState === 3);
  await server.close();
});

test("a protocol is one that was offered", async () => {
  const { server, connect } = await sockets({ protocol: "chat" });
  const { client, socket } = await connect(["other", "chat"]);
  assert.deepEqual([client.socket.protocol, socket.protocol], ["chat", "chat"]);
  client.socket.close();
  await eventually(() => socket.readyState === 3);
  await server.close();
});

test("a request that asks for none is refused with a TypeError, and can be answered", async () => {
  const { server, port } = await listenWith((request) => {
    try {
      upgrade(request, { protocol: "chat" });
    } catch (error) {
      assert.ok(error instanceof TypeError);
      answer(request, error.message);
    }
  });
  const ask = async (text: string) => {
    const client = await RawClient.open(port);
    client.send(text.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    await client.closed;
    return client.text.slice(client.text.indexOf("\r\n\r\n"));
  };
  assert.match(await ask(HANDSHAKE), /the protocol "chat" is none of those that the client offers, ""/);
  const other = await ask(HANDSHAKE.replace("Version: 13", "Version: 12"));
  assert.match(other, /its header "sec-websocket-version" is "12"/);
  const short = await ask(HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "short"));
  assert.match(short, /its header "sec-websocket-key" is "short"/);
  await server.close();
});

test("after another answer there is no WebSocket", async () => {
  const { server, port } = await listenWith((request) => {
    answer(request, "answered");
    assert.throws(() => upgrade(request), TypeError);
  });
  const client = await RawClient.open(port);
  client.send(HANDSHAKE);
  await client.until("answered");
  client.destroy();
  await server.close();
});

test("a hundred at once", async () => {
  const { server, port, opened } = await sockets();
  const clients = await Promise.all(Array.from({ length: 100 }, () => WebSocketClient.open(port)));
  await eventually(() => opened.length === 100 && opened.every(({ events }) => events.length > 0));
  for (const { socket } of opened) socket.addEventListener("message", ({ data }) => socket.send(`${data}!`));
  for (const [index, client] of clients.entries()) client.socket.send(String(index));
  const answers = await Promise.all(clients.map((client) => client.message()));
  assert.deepEqual(
    answers,
    clients.map((_, index) => `${index}!`),
  );
  const closed = server.close();
  for (const { socket } of opened) socket.close(1001, "shutdown");
  for (const client of clients) assert.equal((await client.closed).code, 1001);
  await closed;
});

test("a peer that answers no ping is given up", async () => {
  const { server, port, opened } = await sockets({ idleTimeout: 1 });
  const client = await RawClient.open(port);
  client.send(HANDSHAKE);
  await eventually(() => opened[0]?.socket.readyState === 3);
  // Deno's own WebSockets call it an error, and then a clean end.
  assert.match(JSON.stringify(opened[0]?.events), runtime === "deno" ? /"error",\[/ : /\[1006,.*,false\]\]$/);
  client.destroy();
  await server.close();
});

test("abort cuts what is open", async () => {
  const { server, connect } = await sockets();
  const { client, socket } = await connect();
  const closed = server.close();
  server.abort();
  const { code } = await client.closed;
  assert.ok(code === 1006 || code === 1001, `${code}`);
  await closed;
  await eventually(() => socket.readyState === 3);
});

const HANDSHAKE = [
  "GET / HTTP/1.1",
  "Host: test",
  "Upgrade: websocket",
  "Connection: keep-alive, Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "\r\n",
].join("\r\n");
