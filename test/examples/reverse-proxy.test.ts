import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client.ts";
import { startExample } from "./example-process.ts";

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`the reverse proxy on ${runtime} passes a stream on, and the reader's leaving back`, async (t) => {
    const example = startExample("examples/reverse-proxy.ts", [], { runtime, env: { PORT: "0" } });
    t.after(() => example.end("SIGKILL"));
    const [, port] = await example.printed(/:(\d+)\/api\//);

    const reader = await RawClient.get(Number(port), "/api/clock");
    await reader.until("data: for 127.0.0.1\n\n");
    await reader.until(/data: "\d{4}-/);
    assert.match(reader.head, /^content-type: text\/event-stream\r?$/im);
    reader.destroy();
    await example.printed(/Upstream: the reader left/);

    const other = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(await other.text(), "Ask for /api/clock");
    const missing = await fetch(`http://127.0.0.1:${port}/api/nothing`);
    assert.equal(missing.status, 404);
    await missing.text();

    const last = await RawClient.get(Number(port), "/api/clock");
    await last.until("data: ");
    assert.equal(await example.end("SIGTERM"), 0, "it ends although a reader is there");
    await last.closed;
  });
}
