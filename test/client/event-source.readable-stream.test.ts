import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSource } from "../../src/client/event-source.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";
import { eventually } from "../support/eventually.ts";
import { logOf } from "../support/source-log.ts";

function sourceOf(...chunks: string[]): EventSource {
  return EventSource.fromReadableStream(streamOf(chunks.map(bytesOf)));
}

test("a source of a stream: its state, its url, its getters", () => {
  const source = sourceOf("data: 1\n\n");
  assert.ok(source instanceof EventSource);
  assert.equal(source.readyState, EventSource.CONNECTING);
  assert.equal(source.url, "about:event-stream");
  assert.equal(source.withCredentials, false);
  assert.equal(source.lastEventId, "");
  assert.ok(source.reconnectionTime > 0);
  source.close();
  assert.equal(source.readyState, EventSource.CLOSED);
});

test("a stream that somebody reads is refused, and what is no stream", () => {
  const stream = new ReadableStream<Uint8Array>();
  stream.getReader();
  assert.throws(() => EventSource.fromReadableStream(stream), TypeError);
  assert.throws(() => EventSource.fromReadableStream({} as ReadableStream<Uint8Array>), TypeError);
  assert.throws(
    () => EventSource.fromReadableStream(null as unknown as ReadableStream<Uint8Array>),
    TypeError,
  );
});

test("open, the events, and an error when the stream is over, for good", async () => {
  const source = sourceOf("retry: 5000\nid: 42\nda", "ta: 1\n\ndata: 2\n\ndata: 3");
  const log = logOf(source);
  await log.until(/^error/);
  assert.deepEqual(log.lines, ["open", "message 1", "message 2", "error ended 2"]);
  assert.equal(log.messages[0]?.origin, "null");
  assert.equal(source.lastEventId, "42");
  assert.equal(source.reconnectionTime, 5000);
});

test("a stream that fails closes the source, after what came before", async () => {
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(bytesOf("data: 1\n\n")),
      pull: (controller) => controller.error(new Error("gone")),
    },
    { highWaterMark: 0 },
  );
  const source = EventSource.fromReadableStream(stream);
  const log = logOf(source);
  await log.until(/^error/);
  assert.deepEqual(log.lines, ["open", "error cut 2"].toSpliced(1, 0, ...log.lines.slice(1, -1)));
  assert.equal(log.lines.at(-1), "error cut 2");
});

test("a stream of text, and one over which several connections pass", async () => {
  const { readable, writable } = new TransformStream<string, string>();
  const source = EventSource.fromReadableStream(readable);
  const log = logOf(source);
  const writer = writable.getWriter();
  void writer.write("id: 42\ndata: 1\n\n");
  await log.until("message 1");
  void writer.write("data: 2\n\n");
  await log.until("message 2");
  assert.equal(source.lastEventId, "42");
  void writer.close();
  await log.until("error ended 2");
});

test("close gives the stream back, also while a chunk is waited for", async () => {
  const state: { cancelled?: boolean } = {};
  const stream = new ReadableStream<Uint8Array>({
    cancel() {
      state.cancelled = true;
    },
  });
  const source = EventSource.fromReadableStream(stream);
  const log = logOf(source);
  await log.until("open");
  source.close();
  await eventually(() => state.cancelled === true);
  assert.deepEqual(log.lines, ["open"]);
});

test("what is no bytes is an error of the stream", async () => {
  const source = EventSource.fromReadableStream(
    new ReadableStream({
      start: (controller) => controller.enqueue(7 as never),
    }) as ReadableStream<Uint8Array>,
  );
  await logOf(source).until("error cut 2");
});

// WHATWG HTML 9.2.5 and 9.2.6, clause by clause, as a listener sees it.
for (const [clause, stream, expected] of [
  ["lines end with LF, CR or CRLF", "data: a\n\ndata: b\r\rdata: c\r\n\r\n", ["a", "b", "c"]],
  ["one leading byte order mark is ignored", "\ufeffdata: a\n\n", ["a"]],
  ["a second byte order mark is part of the name", "\ufeff\ufeffdata: a\n\ndata: b\n\n", ["b"]],
  ["a line that begins with a colon is a comment", ": data: a\ndata: b\n:\n\n", ["b"]],
  ["one space after the colon is removed", "data:a\n\ndata:  b\n\n", ["a", " b"]],
  ["a line without a colon is a name with an empty value", "data\n\ndata\ndata\n\n", ["", "\n"]],
  ["lines of data are joined by LF", "data: a\ndata: b\ndata\ndata: c\n\n", ["a\nb\n\nc"]],
  ["names are compared as they are", "Data: a\ndata : b\n data: c\ndata: d\n\n", ["d"]],
  ["unknown fields are ignored", "datax: a\nfoo: b\ndata: c\nbar\n\n", ["c"]],
  ["a block without data dispatches nothing", "event: named\n\nid: 1\n\ndata: a\n\n", ["a"]],
  ["an unfinished block at the end is dropped", "data: a\n\ndata: b\n", ["a"]],
  ["the type is that of its block only", "event: named\ndata: a\n\ndata: b\n\n", ["b"]],
  ["an empty event field means message", "event: named\nevent:\ndata: a\n\n", ["a"]],
  ["NUL is data as any other character", "data: \0\n\n", ["\0"]],
  ["bytes that are not UTF-8 become U+FFFD", "data: \xff\n\n", ["\ufffd"]],
] as const) {
  test(`interpreting: ${clause}`, async () => {
    const bytes = clause.startsWith("bytes")
      ? Uint8Array.from("data: \xff\n\n", (c) => c.charCodeAt(0))
      : bytesOf(stream);
    for (const size of [1, 3, 1000]) {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
      const source = EventSource.fromReadableStream(streamOf(chunks));
      const log = logOf(source);
      await log.until("error ended 2");
      assert.deepEqual(
        log.messages.map(({ data }) => data),
        expected,
        `in chunks of ${size}`,
      );
    }
  });
}

for (const [clause, stream, ids] of [
  ["an id holds until another", "id: 1\ndata: a\n\ndata: b\n\n", ["1", "1"]],
  ["an empty id resets it", "id: 1\ndata: a\n\nid\ndata: b\n\n", ["1", ""]],
  ["an id with NUL is ignored", "id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n", ["1", "1"]],
  ["the last id of a block counts", "id: 1\nid: 2\ndata: a\n\n", ["2"]],
] as const) {
  test(`interpreting: ${clause}`, async () => {
    const source = sourceOf(stream);
    const log = logOf(source);
    await log.until("error ended 2");
    assert.deepEqual(
      log.messages.map(({ lastEventId }) => lastEventId),
      ids,
    );
  });
}

for (const [clause, field, expected] of [
  ["retry of digits", "retry: 0500", 500],
  ["retry 0", "retry: 0", 0],
  ["retry with other characters is ignored", "retry: 1e3", 3000],
  ["retry without a value is ignored", "retry", 3000],
  ["retry with a sign is ignored", "retry: -1", 3000],
] as const) {
  test(`interpreting: ${clause}`, async () => {
    const source = sourceOf(`${field}\n`);
    await logOf(source).until("error ended 2");
    assert.equal(source.reconnectionTime, expected);
  });
}
