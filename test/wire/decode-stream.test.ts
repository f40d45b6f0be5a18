import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DecodedEvent } from "../../src/wire/decode.ts";
import { EventDecoderStream } from "../../src/wire/decode-stream.ts";

async function collect(events: ReadableStream<DecodedEvent>): Promise<string[]> {
  const data: string[] = [];
  const reader = events.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) data.push(read.value.data);
  return data;
}

function streamOf<Chunk>(...chunks: Chunk[]): ReadableStream<Chunk> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

describe("EventDecoderStream", () => {
  it("reads the body of a response", async () => {
    const { body } = new Response("\ufeffid: 1\ndata: ä\n\nevent: e\ndata: b\r\n\r\ndata: unfinished\n");
    assert.ok(body);
    const events = body.pipeThrough(new EventDecoderStream());
    assert.deepEqual(await collect(events), ["ä", "b"]);
  });

  it("reads strings, with the decoder's options", async () => {
    const heard: (string | number)[] = [];
    const decoder = new EventDecoderStream({
      lastEventId: "7",
      onRetry: (retryMs) => heard.push(retryMs),
      onComment: (text) => heard.push(text),
    });
    assert.equal(decoder.lastEventId, "7");
    const events = streamOf(": hi\nretry: 5\nda", "ta: a\n\nid: 8\n\n").pipeThrough(decoder);
    assert.deepEqual(await collect(events), ["a"]);
    assert.deepEqual(heard, ["hi", 5]);
    assert.equal(decoder.lastEventId, "8");
  });

  it("errors with the limit that was passed", async () => {
    const events = streamOf("data: a\n\n", "x".repeat(21)).pipeThrough(
      new EventDecoderStream({ maxLineLength: 20 }),
    );
    await assert.rejects(collect(events), { name: "DecodeLimitError", code: "line-too-long" });
  });

  it("errors with what a handler throws", async () => {
    const onRetry = () => {
      throw new Error("mine");
    };
    await assert.rejects(
      collect(streamOf("retry: 1\n").pipeThrough(new EventDecoderStream({ onRetry }))),
      /mine/,
    );
  });

  it("refuses wrong limits at once", () => {
    assert.throws(() => new EventDecoderStream({ maxEventLength: 0 }), RangeError);
  });
});
