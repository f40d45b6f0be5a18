import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents } from "../../src/client/read-events.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

function newState() {
  return { init: {}, lastEventId: "", reconnectionTime: 0 };
}

async function all(chunks: readonly string[], hooks = {}): Promise<unknown[]> {
  const batches: unknown[] = [];
  for await (const items of readEvents(streamOf(chunks.map(bytesOf)), newState(), hooks)) batches.push(items);
  return batches;
}

test("what a chunk brought comes together, with an id that no event carries at its end", async () => {
  const event = (data: string, lastEventId: string) => ({ type: "message", data, lastEventId });
  assert.deepEqual(
    await all([
      "id: 1\ndata: a\n\ndata: b\n\n",
      ": nothing\n",
      "id: 2\n\n",
      "data: c\n\nid\n\n",
      "data: cut",
    ]),
    [[event("a", "1"), event("b", "1")], [{ lastEventId: "2" }], [event("c", "2"), { lastEventId: "" }]],
  );
});

test("the hooks hear of each chunk and each comment, in order", async () => {
  const calls: string[] = [];
  await all([":\n", "retry: 5\n"], {
    onWait: () => calls.push("wait"),
    onChunk: () => calls.push("chunk"),
    onComment: () => calls.push("comment"),
  });
  assert.deepEqual(calls, ["wait", "chunk", "comment", "wait", "chunk", "wait"]);
});

test("an abort ends the events, and gives the stream back", async () => {
  const controller = new AbortController();
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    cancel() {
      cancelled = true;
    },
  });
  const next = readEvents(body, newState(), {}, controller.signal).next();
  controller.abort();
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.equal(cancelled, true);
});

test("the reconnection time is noted as soon as its line ends", async () => {
  const state = newState();
  const items = readEvents(streamOf([bytesOf("retry: 7\ndata: 1\n\nretry: 8\n")]), state);
  await items.next();
  assert.equal(state.reconnectionTime, 8);
  await items.return();
});
