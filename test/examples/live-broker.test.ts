import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { skipWithout } from "../support/local-program.ts";
import { startNats } from "../support/nats-server.ts";
import { RawEvents } from "../support/raw-events.ts";
import { startRedis } from "../support/redis-server.ts";
import { startExample } from "./example-process.ts";

for (const [kind, start] of [
  ["redis", () => startRedis()],
  ["nats", startNats],
] as const) {
  test(`two live pages share their comments by ${kind}, and both end cleanly`, {
    skip: skipWithout(`${kind}-server`),
  }, async (t) => {
    const server = await start();
    t.after(() => server.stop());
    const pages = await Promise.all(
      [1, 2].map(async () => {
        const url = `${kind}://127.0.0.1:${server.port}`;
        const example = startExample("examples/live/main.ts", ["--port", "0", "--broker", url]);
        t.after(() => example.end("SIGKILL"));
        const [, port] = await example.printed(/:(\d+)\//);
        return { example, port: Number(port), reader: await RawEvents.open(Number(port), "/events") };
      }),
    );
    for (const [at, { port }] of pages.entries()) {
      const response = await fetch(`http://127.0.0.1:${port}/comments`, {
        method: "POST",
        body: `from ${at}`,
      });
      assert.equal(response.status, 201);
    }
    for (const { reader } of pages) {
      await reader.until(() => reader.data("comment").length === 2);
      const texts = reader.data("comment").map((data) => JSON.parse(data).text);
      assert.deepEqual(texts, ["from 0", "from 1"]);
    }
    for (const { example, reader } of pages) {
      reader.destroy();
      assert.equal(await example.end(), 0, example.output());
    }
  });
}

test("a broker of another kind is refused in a sentence", async () => {
  const example = startExample("examples/live/main.ts", ["--port", "0", "--broker", "kafka://127.0.0.1"]);
  const ended = once(example.child, "exit");
  await example.printed(
    /Cannot use the broker "kafka:\/\/127\.0\.0\.1": it is neither redis:\/\/ nor nats:\/\//,
  );
  assert.deepEqual(await ended, [1, null]);
});
