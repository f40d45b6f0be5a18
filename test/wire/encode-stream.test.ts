import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EventEncoderStream } from "../../src/wire/encode-stream.ts";
import type { FrameInit } from "../../src/wire/frame.ts";

function streamOf(...inits: FrameInit[]): ReadableStream<FrameInit> {
  return new ReadableStream({
    start(controller) {
      for (const init of inits) controller.enqueue(init);
      controller.close();
    },
  });
}

describe("EventEncoderStream", () => {
  it("writes events as the body of a response", async () => {
    const body = streamOf({ type: "ping", id: 1, data: "ä" }, { data: "b\rc" }).pipeThrough(
      new EventEncoderStream(),
    );
    assert.equal(await new Response(body).text(), "event: ping\nid: 1\ndata: ä\n\ndata: b\ndata: c\n\n");
  });

  it("errors at an event that does not pass the gate, after those before it", async () => {
    const reader = streamOf({ data: "a" }, { id: "1\ndata: forged" })
      .pipeThrough(new EventEncoderStream())
      .getReader();
    const { value } = await reader.read();
    assert.equal(new TextDecoder().decode(value), "data: a\n\n");
    await assert.rejects(reader.read(), { name: "TypeError", message: /Cannot frame event id/ });
  });
});
