import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSource } from "../../src/client/event-source.ts";
import { type EventSourceEngine, readOnce } from "../../src/client/event-source-engine.ts";
import { newStream, type StreamItem } from "../../src/client/stream-state.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";
import { logOf } from "../support/source-log.ts";

test("an EventSource shows what its engine gives it", async () => {
  const engine: EventSourceEngine = async (stream, show) => {
    await null;
    show({ origin: "http://other.test" });
    show({ type: "message", data: "a", lastEventId: "1" });
    show({ lastEventId: "2" });
    stream.reconnectionTime = 5;
  };
  const source = new EventSource("http://example.test/", {}, engine);
  const log = logOf(source);
  await log.until("message a");
  assert.deepEqual(log.lines, ["open", "message a"]);
  assert.equal(log.messages[0]?.origin, "http://other.test");
  assert.deepEqual([source.lastEventId, source.reconnectionTime, source.readyState], ["2", 5, 1]);
  source.close();
});

test("a body is read once, and nothing is shown after the stream was closed", async () => {
  const items: StreamItem[] = [];
  const stream = newStream("about:event-stream", {});
  await readOnce(streamOf([bytesOf("data: 1\n\ndata: 2\n\n")]))(stream, (item) => {
    items.push(item);
    if ("data" in item) stream.close();
  });
  assert.deepEqual(items, [{ origin: "null" }, { type: "message", data: "1", lastEventId: "" }]);
});
