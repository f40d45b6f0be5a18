import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { script } from "../support/scripted-server.ts";
import { startExample } from "./example-process.ts";

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`examples/client.ts on ${runtime} comes back by itself, and ends when it is asked to`, async (t) => {
    const server = await script(
      (exchange) => {
        exchange.stream(": new\nretry: 10\nid: 7\nevent: tick\ndata: one\n\n");
        exchange.end();
      },
      (exchange) => {
        exchange.answer(503);
        exchange.end();
      },
      (exchange) => exchange.stream(": resumed\ndata: two\n\n"),
    );
    t.after(() => server.close());
    const example = startExample("examples/client.ts", [server.url], { runtime });
    t.after(() => example.end("SIGKILL"));
    await example.printed(/The server says: new\s+tick 7 one\s+Lost \(ended\), trying again in \d+ ms/);
    await example.printed(/Lost \(status\)[\s\S]*The server says: resumed\s+message 7 two/);
    assert.equal(server.exchanges[2]?.headers.get("last-event-id"), "7");
    assert.equal(await example.end("SIGINT"), 0);
    assert.match(example.output(), /Closed\s*$/);
  });
}

test("examples/client.ts says why it gives up", async (t) => {
  const server = await script((exchange) => {
    exchange.answer(403);
    exchange.end();
  });
  t.after(() => server.close());
  const example = startExample("examples/client.ts", [server.url]);
  const [code] = await once(example.child, "exit");
  assert.match(example.output(), /Given up: status 403/);
  assert.equal(code, 1);
});
