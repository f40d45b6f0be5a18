import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { RawClient } from "../support/raw-client.ts";
import { startExample } from "./example-process.ts";

/** What is set before an example of which nothing is to be changed. */
const PRINT_PORT = "./test/examples/print-port.ts";

for (const [file, arrives] of [
  ["examples/first-comment.ts", ": this is a comment\n"],
  ["examples/first-event.ts", "event: ping\ndata: hello\n\n"],
] as const) {
  for (const runtime of ["node", "deno", "bun"] as const) {
    test(`${file} runs as it stands on ${runtime}`, async (t) => {
      const example = startExample(file, [], { runtime, preload: PRINT_PORT });
      t.after(() => example.end());
      const [, port] = await example.printed(/port (\d+)/);
      const client = await RawClient.get(Number(port), "/");
      await client.until(arrives);
      assert.match(client.head, /^content-type: text\/event-stream\r?$/im);
      client.destroy();
    });
  }
}

test("examples/token-stream.ts streams its tokens in order, to the end", async (t) => {
  const example = startExample("examples/token-stream.ts", [], { env: { PORT: "0" } });
  t.after(() => example.end());
  const [address] = await example.printed(/http:\S+/);
  const text = await (await fetch(address, { method: "POST", body: "Why a test?" })).text();
  const tokens = Array.from(text.matchAll(/^event: token\ndata: (.*)$/gm), ([, data]) =>
    JSON.parse(data ?? ""),
  );
  assert.ok(tokens.length > 20);
  assert.deepEqual(
    tokens.map(({ index }) => index),
    Array.from(tokens.keys()),
  );
  assert.match(tokens.map(({ text: token }) => token).join(""), /^You ask “Why a test\?”: leaves are many/);
  assert.ok(text.endsWith(`event: done\nid: done\ndata: {"tokens":${tokens.length}}\n\n`));
  await example.printed(/Finished after \d+ tokens/);
  const again = await fetch(address, { headers: { "last-event-id": "done" } });
  assert.equal(again.status, 204, "an EventSource that has it all must not come back");
});

test("examples/token-stream.ts stops when the reader leaves", async (t) => {
  const example = startExample("examples/token-stream.ts", [], { env: { PORT: "0" } });
  t.after(() => example.end());
  const [, port] = await example.printed(/:(\d+)\/tokens/);
  const client = await RawClient.get(Number(port), "/tokens?prompt=Why");
  await client.until("event: token\n");
  client.destroy();
  await example.printed(/Stopped after \d+ tokens: the reader left/);
});

test("the live page is served, and what is sent to it is checked", async (t) => {
  const example = startExample("examples/live/main.ts", ["--port", "0"]);
  t.after(() => example.end());
  const [base] = await example.printed(/http:\S+/);
  for (const [path, type] of [
    ["", "text/html"],
    ["page.js", "text/javascript"],
    ["page.css", "text/css"],
  ]) {
    const response = await fetch(`${base}${path}`);
    assert.equal(response.status, 200);
    assert.ok(response.headers.get("content-type")?.startsWith(type ?? "?"));
    await response.text();
  }
  const client = await (await fetch(`${base}dodona/client/event-source.ts`)).text();
  assert.match(client, /\bclass EventSource\b/);
  assert.doesNotMatch(client, /\binterface\b|import type/, "types are no JavaScript");
  // What the client does not import is not there.
  for (const path of ["dodona/mod.ts", "dodona/sse/clock.ts", "dodona/", "dodona/%2e%2e/package.json"]) {
    assert.equal((await fetch(`${base}${path}`)).status, 404, path);
  }
  const say = (body: string) => fetch(`${base}comments`, { method: "POST", body });
  const statuses = await Promise.all([say("hello"), say("  "), say("x".repeat(281)), say("x".repeat(5000))]);
  assert.deepEqual(
    statuses.map(({ status }) => status),
    [201, 400, 400, 413],
  );
  assert.equal((await fetch(`${base}drop/nobody`, { method: "POST" })).status, 404);
  assert.equal((await fetch(`${base}../package.json`)).status, 404);
  assert.equal((await fetch(`${base}comments`)).status, 405);
});

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`the live page on ${runtime} sends its events, and ends cleanly with its streams`, async (t) => {
    const example = startExample("examples/live/main.ts", ["--port", "0"], { runtime });
    t.after(() => example.end("SIGKILL"));
    const [, port] = await example.printed(/:(\d+)\//);
    const client = await RawClient.get(Number(port), "/events", [], "1.0");
    await client.until(/event: hello\n.*event: tick\n/s);
    assert.equal(await example.end("SIGINT"), 0);
    await client.closed;
    assert.match(client.text, /\n\n(?:retry: \d+\n)?$/, "no event was cut");
  });
}

test("a port in use is told in a sentence", async (t) => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  t.after(() => other.close());
  const example = startExample("examples/live/main.ts", ["--port", String(port)]);
  await example.printed(new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${port}: .*in use`, "i"));
  assert.equal(await example.end(), 1);
});
