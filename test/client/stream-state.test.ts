import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSourceError } from "../../src/client/client-error.ts";
import { advance, newStream } from "../../src/client/stream-state.ts";

test("a stream begins with what it was given", () => {
  const { url, lastEventId, reconnectionTime, origin, resumeState, signal } = newStream("http://a.test/b", {
    lastEventId: "7",
  });
  assert.deepEqual(
    [url.href, lastEventId, reconnectionTime, origin, resumeState],
    ["http://a.test/b", "7", 3000, "http://a.test", undefined],
  );
  assert.equal(signal.aborted, false);
});

test("it is closed by close, and by the signal that it was given", () => {
  const stream = newStream("http://a.test/", {});
  stream.close();
  assert.equal(stream.signal.aborted, true);
  const controller = new AbortController();
  const other = newStream("http://a.test/", { signal: controller.signal });
  controller.abort();
  assert.equal(other.signal.aborted, true);
  assert.equal(newStream("http://a.test/", { signal: AbortSignal.abort() }).signal.aborted, true);
});

test("each item leaves its mark", () => {
  const stream = newStream("http://a.test/", {});
  advance(stream, { origin: "http://b.test" });
  assert.equal(stream.origin, "http://b.test");
  advance(stream, { type: "message", data: "x", lastEventId: "1" });
  assert.equal(stream.lastEventId, "1");
  advance(stream, { lastEventId: "2" });
  advance(stream, { error: new EventSourceError("ended"), retryInMs: 0 });
  assert.equal(stream.lastEventId, "2");
  assert.deepEqual(advance(stream, { outcome: "new" }), { outcome: "new" });
  assert.equal(stream.resumeState, "new");
  const detail = advance(stream, { type: "gap", data: '{"lost":{}}', lastEventId: "3" });
  assert.deepEqual([detail?.outcome, stream.resumeState, stream.lastEventId], ["gap", "gap", "3"]);
});
