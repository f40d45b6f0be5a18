import assert from "node:assert/strict";
import { test } from "node:test";
import { BodyReader } from "../../src/app/body-reader.ts";
import { createHttpError } from "../../src/http/http-error.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

const CHUNKS = ["ab", "cd", "e"].map(bytesOf);

function failing(error: unknown): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.error(error);
    },
  });
}

test("reads all, counts it, and lets go of the stream", async () => {
  const stream = streamOf(CHUNKS);
  const reader = new BodyReader(stream, 5);
  assert.deepEqual(await reader.readAll(), bytesOf("abcde"));
  assert.equal(reader.length, 5);
  assert.equal(stream.locked, false);
});

test("past the limit it refuses, cancels, and lets go of the stream", async () => {
  const state = { cancelled: false, pulled: 0 };
  const stream = streamOf(CHUNKS, state);
  await assert.rejects(new BodyReader(stream, 3).readAll(), { status: 413 });
  assert.deepEqual([state, stream.locked], [{ cancelled: true, pulled: 2 }, false]);
});

test("a limit of 0 admits nothing, Infinity anything", async () => {
  assert.equal((await new BodyReader(streamOf([]), 0).readAll()).length, 0);
  await assert.rejects(new BodyReader(streamOf(CHUNKS), 0).readAll(), { status: 413 });
  assert.equal((await new BodyReader(streamOf(CHUNKS), Number.POSITIVE_INFINITY).readAll()).length, 5);
});

test("a body that fails is a client that left, unless it says otherwise", async () => {
  const cause = new TypeError("reset");
  const stream = failing(cause);
  await assert.rejects(new BodyReader(stream, 9).readAll(), {
    status: 400,
    message: "The client left before the end of the body",
    cause,
  });
  assert.equal(stream.locked, false);
  const own = createHttpError(408);
  await assert.rejects(new BodyReader(failing(own), 9).readAll(), (error) => error === own);
  const described = createHttpError(422);
  await assert.rejects(
    new BodyReader(failing(cause), 9, () => described).readAll(),
    (error) => error === described,
  );
});

test("as a stream it is as limited, and reads when it is read", async () => {
  const state = { cancelled: false, pulled: 0 };
  const reader = new BodyReader(streamOf(CHUNKS, state), 3).toStream().getReader();
  await Promise.resolve();
  assert.equal(state.pulled, 0);
  assert.deepEqual((await reader.read()).value, bytesOf("ab"));
  assert.equal(state.pulled, 1);
  await assert.rejects(reader.read(), { status: 413 });
  assert.equal(state.cancelled, true);
});

test("a stream that is cancelled cancels the body", async () => {
  const state = { cancelled: false };
  const body = streamOf(CHUNKS, state);
  await new BodyReader(body, 9).toStream().cancel();
  assert.deepEqual([state.cancelled, body.locked], [true, false]);
  assert.equal(await new Response(new BodyReader(streamOf(CHUNKS), 9).toStream()).text(), "abcde");
});

test("a body that somebody else reads is refused", () => {
  const stream = streamOf(CHUNKS);
  stream.getReader();
  assert.throws(() => new BodyReader(stream, 9), {
    name: "TypeError",
    message: "Body already used as a different type.",
  });
});
