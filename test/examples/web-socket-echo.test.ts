import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client.ts";
import { WebSocketClient } from "../support/web-socket-client.ts";
import { startExample } from "./example-process.ts";

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`the WebSocket echo on ${runtime} says back text and bytes, and goodbye at the end`, async (t) => {
    const example = startExample("examples/web-socket-echo.ts", [], { runtime, env: { PORT: "0" } });
    t.after(() => example.end("SIGKILL"));
    const [origin = "", port] = await example.printed(/http:\S+:(\d+)\//);

    const page = await fetch(origin);
    assert.match(await page.text(), /new WebSocket/);
    const plain = await fetch(`${origin}echo`);
    assert.equal(plain.status, 426);
    assert.equal(plain.headers.get("upgrade"), "websocket");
    await plain.text();

    const client = await WebSocketClient.open(Number(port), "/echo");
    client.socket.send("hello");
    assert.equal(await client.message(), "hello");
    client.socket.send(new Uint8Array([1, 2, 3]));
    assert.deepEqual(await client.message(), new Uint8Array([1, 2, 3]));
    client.socket.close(4000);
    await example.printed(/Closed with 4000/);

    const stranger = await RawClient.get(Number(port), "/echo", [
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      "Origin: https://elsewhere.example",
    ]);
    await stranger.until(/^HTTP\/1\.1 403 /);
    stranger.destroy();

    const last = await WebSocketClient.open(Number(port), "/echo");
    assert.equal(await example.end("SIGTERM"), 0);
    assert.equal((await last.closed).code, 1001);
  });
}
