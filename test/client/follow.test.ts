import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "../../src/client/follow.ts";
import { advance, newStream } from "../../src/client/stream-state.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

const headers = { "content-type": "text/event-stream" };

test("nothing is read while the caller keeps what it was given", async () => {
  const state: { pulled?: number; cancelled?: boolean } = {};
  const body = streamOf([bytesOf("data: 1\n\n"), bytesOf("data: 2\n\n"), bytesOf("data: 3\n\n")], state);
  const stream = newStream("http://example.test/", { fetch: async () => new Response(body, { headers }) });
  const items = follow(stream);
  await items.next();
  await items.next();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(state.pulled, 1);
  stream.close();
  assert.deepEqual(await items.next(), { done: true, value: undefined });
  assert.equal(state.cancelled, true);
});

test("the next attempt goes on after what the caller has taken", async () => {
  const clock = new VirtualClock();
  const asked: (string | null)[] = [];
  const fetch = async (_url: string, init: RequestInit) => {
    asked.push((init.headers as Headers).get("last-event-id"));
    return new Response("id: 1\ndata: a\n\nid: 2\ndata: b\n\n", { headers });
  };
  const stream = newStream("http://example.test/", { fetch, clock });
  for await (const items of follow(stream)) {
    for (const item of items) {
      if ("data" in item && item.data === "b" && asked.length === 1) continue;
      advance(stream, item);
      if ("error" in item) queueMicrotask(() => clock.advance(item.retryInMs ?? 0));
    }
    if (asked.length === 3) stream.close();
  }
  assert.deepEqual(asked, [null, "1", "2"]);
});

test("a failure for good is the last item", async () => {
  const stream = newStream("http://example.test/", {
    fetch: async () => new Response(null, { status: 404 }),
  });
  const all = [];
  for await (const items of follow(stream)) all.push(...items);
  assert.equal(all.length, 1);
  assert.ok(all[0] && "error" in all[0] && all[0].retryInMs === undefined && all[0].error.status === 404);
});
