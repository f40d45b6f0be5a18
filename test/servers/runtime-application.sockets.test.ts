import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";
import { WebSocketClient } from "../support/web-socket-client.ts";

test("a WebSocket opens beside plain routes, and its request can still be read", async () => {
  const app = quietApp();
  app.use((ctx) => {
    if (!ctx.isUpgradable) {
      ctx.response.body = "plain";
      return;
    }
    const socket = ctx.upgrade();
    socket.onmessage = ({ data }) => {
      const { url, ip, headers, method } = ctx.request;
      socket.send([method, url.pathname, ip, headers.get("sec-websocket-version"), data].join(" "));
    };
  });
  const { port, stop } = await serve(app);
  const client = await WebSocketClient.open(port, "/chat");
  client.socket.send("hello");
  assert.equal(await client.message(), "GET /chat 127.0.0.1 13 hello");
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "plain");
  client.socket.close(1000);
  assert.equal((await client.closed).code, 1000);
  await stop();
});

test("at the end of the application its WebSockets are told that it goes away", async () => {
  const app = quietApp();
  const codes: number[] = [];
  app.use((ctx) => {
    ctx.upgrade().addEventListener("close", ({ code }) => codes.push(code));
  });
  const { port, stop } = await serve(app);
  const clients = await Promise.all([WebSocketClient.open(port), WebSocketClient.open(port)]);
  await stop();
  for (const client of clients) assert.equal((await client.closed).code, 1001);
  assert.equal(codes.length, 2);
  await assert.rejects(RawClient.open(port));
});

test("a peer that answers no goodbye holds the end no longer than it may take", async () => {
  const app = quietApp();
  let opened = false;
  app.use((ctx) => {
    ctx.upgrade().onopen = () => {
      opened = true;
    };
  });
  const { port, stop } = await serve(app, { shutdownTimeoutMs: 50 });
  const client = await RawClient.get(port, "/", [
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
  ]);
  await eventually(() => opened);
  client.pause();
  await stop();
  client.destroy();
});

test("a plain request that is upgraded all the same is an error, and is answered", async () => {
  const app = quietApp();
  const errors: unknown[] = [];
  app.addEventListener("error", ({ error }) => errors.push(error));
  app.use((ctx) => void ctx.upgrade());
  const { port, stop } = await serve(app);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assert.ok(response.status >= 400);
  await response.text();
  assert.equal(errors.length, 1);
  await stop();
});
