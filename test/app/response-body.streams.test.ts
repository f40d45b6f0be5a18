import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResponseBody } from "../../src/app/response-body.ts";
import { encodeResponseBody } from "../../src/app/response-body.ts";

/** The stream that becomes of `body`, and its media type: there is none. */
async function streamOf(body: ResponseBody): Promise<ReadableStream<Uint8Array>> {
  const { content, type } = await encodeResponseBody(body);
  assert.ok(content instanceof ReadableStream);
  assert.equal(type, undefined);
  return content as ReadableStream<Uint8Array>;
}

/** Yields numbers for ever, and keeps what became of it. */
function counting() {
  const state = { made: 0, stopped: false };
  async function* numbers() {
    try {
      for (;;) yield `${state.made++};`;
    } finally {
      state.stopped = true;
    }
  }
  return { state, source: numbers() };
}

/** Lets all that is due in this turn of the event loop happen. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test("an async iterable is a stream of what it yields", async () => {
  const { buffer } = new TextEncoder().encode("secret bytes secret");
  async function* parts() {
    yield "día,";
    yield 7;
    yield { a: [1] };
    yield null;
    yield true;
    yield new Uint8Array(buffer, 7, 5);
    yield new DataView(buffer, 6, 1);
    yield buffer.slice(7, 8);
    yield "";
    yield "!";
  }
  assert.equal(await new Response(await streamOf(parts())).text(), 'día,7{"a":[1]}nulltruebytes b!');
});

test("a stream of text or of bytes is a stream of bytes", async () => {
  const parts = ["one ", new TextEncoder().encode("two "), "drei"];
  const stream = new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  assert.equal(await new Response(await streamOf(stream)).text(), "one two drei");
});

/** A stream of `chunks`, which never ends by itself, and the reasons with which it was cancelled. */
function unending(...chunks: unknown[]) {
  const reasons: unknown[] = [];
  const stream = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
    cancel: (reason) => void reasons.push(reason),
  });
  return { stream, reasons };
}

test("null ends a stream, whose source is told, and who waits for the end hears it once", async () => {
  const { stream, reasons } = unending("a", [98], new Date(7), { c: 1 }, null, "never sent");
  let ends = 0;
  const { content } = await encodeResponseBody(stream, { onEnd: () => ends++ });
  assert.equal(await new Response(content).text(), 'ab7{"c":1}');
  assert.deepEqual([reasons, ends], [[undefined], 1]);
});

test("undefined and symbols fail a stream, whose source hears why", async () => {
  for (const chunk of [undefined, Symbol("leaf")]) {
    const { stream, reasons } = unending("a", chunk, "never sent");
    const reader = (await streamOf(stream)).getReader();
    await reader.read();
    await assert.rejects(reader.read(), TypeError);
    assert.ok(reasons.length === 1 && reasons[0] instanceof TypeError);
  }
});

test("an async iterable runs at the reader's pace", async () => {
  const { state, source } = counting();
  const reader = (await streamOf(source)).getReader();
  await turn();
  assert.equal(state.made, 0, "nobody has read yet");
  for (let count = 1; count <= 3; count++) {
    const { value } = await reader.read();
    assert.equal(new TextDecoder().decode(value), `${count - 1};`);
    await turn();
    assert.equal(state.made, count);
  }
  await reader.cancel();
});

test("so does a stream", async () => {
  let pulled = 0;
  const source = new ReadableStream(
    {
      pull(controller) {
        controller.enqueue(`${pulled++};`);
      },
    },
    { highWaterMark: 0 },
  );
  const reader = (await streamOf(source)).getReader();
  await turn();
  assert.equal(pulled, 0);
  for (let count = 1; count <= 3; count++) {
    await reader.read();
    await turn();
    assert.equal(pulled, count);
  }
  await reader.cancel();
});

test("an async iterable is stopped when the reader leaves", async () => {
  const { state, source } = counting();
  const reader = (await streamOf(source)).getReader();
  await reader.read();
  await reader.cancel("enough");
  assert.deepEqual(state, { made: 1, stopped: true });
});

test("a stream is cancelled when the reader leaves, with its reason", async () => {
  const reasons: unknown[] = [];
  const source = new ReadableStream({ cancel: (reason) => void reasons.push(reason) });
  await (await streamOf(source)).cancel("enough");
  assert.deepEqual(reasons, ["enough"]);
});

test("an iterator that can't be stopped is left where it is", async () => {
  const source = {
    [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false as const, value: "x" }) }),
  };
  const reader = (await streamOf(source)).getReader();
  await reader.read();
  await reader.cancel();
  assert.equal((await reader.read()).done, true);
});

test("what the source throws, the reader hears", async () => {
  async function* failing() {
    yield "before";
    throw new Error("dried up");
  }
  const reader = (await streamOf(failing())).getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "before");
  await assert.rejects(reader.read(), { message: "dried up" });
});

test("a chunk that can't be encoded fails the stream, and stops its source", async () => {
  let stopped = false;
  async function* unspeakable() {
    try {
      yield { a: 1n };
      yield "never asked for";
    } finally {
      stopped = true;
    }
  }
  const reader = (await streamOf(unspeakable())).getReader();
  await assert.rejects(reader.read(), TypeError);
  await turn();
  assert.equal(stopped, true);
});

test("a stream that another reads can't be sent", async () => {
  const source = new ReadableStream();
  source.getReader();
  await assert.rejects(async () => encodeResponseBody(source), TypeError);
});

test("an open file, as Deno has it, is sent as the stream that it holds", async () => {
  const file = { stat: () => ({ size: 1 }), readable: new Blob(["file"]).stream() };
  const { content, type } = await encodeResponseBody(file);
  assert.ok(content instanceof ReadableStream);
  assert.deepEqual([await new Response(content).text(), type], ["file", undefined]);
});

test("who waits for the end of a body hears it once: at its end, its failure, or when its reader leaves", async () => {
  for (const [name, source, read] of [
    ["end", async function* () {}, (content: ReadableStream) => new Response(content).text()],
    [
      "failure",
      async function* () {
        yield 1n;
        throw new Error("failed");
      },
      (content: ReadableStream) => new Response(content).text().catch(() => undefined),
    ],
    [
      "no text",
      async function* () {
        yield { toJSON: () => 1n };
      },
      (content: ReadableStream) => new Response(content).text().catch(() => undefined),
    ],
    ["leave", async function* () {}, (content: ReadableStream) => content.cancel()],
  ] as const) {
    let ends = 0;
    const { content } = await encodeResponseBody(source(), { onEnd: () => ends++ });
    await read(content as ReadableStream);
    assert.equal(ends, 1, name);
  }
});
