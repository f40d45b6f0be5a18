import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSourceError, type EventSourceErrorCode } from "../../src/client/client-error.ts";
import { type DecodeOptions, decode } from "../../src/client/decode-response.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";
import { script } from "../support/scripted-server.ts";

function answer(...chunks: string[]): Response {
  return new Response(streamOf(chunks.map(bytesOf)), {
    headers: { "content-type": "text/event-stream; charset=utf-8" },
  });
}

async function all<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

function refuses(
  response: Response | Promise<Response>,
  code: EventSourceErrorCode,
  options?: DecodeOptions,
): Promise<void> {
  return assert.rejects(all(decode(response, options)), (error) => {
    return error instanceof EventSourceError && error.code === code;
  });
}

test("the events of an answer to a POST, as they come", async () => {
  const server = await script((exchange) => {
    exchange.stream(`event: echo\ndata: ${exchange.body}\nid: 1\n\nid: 2\n\ndata: x\n\n`);
    exchange.end();
  });
  const events = await all(decode(fetch(server.url, { method: "POST", body: "hello" })));
  assert.deepEqual(events, [
    { type: "echo", data: "hello", lastEventId: "1" },
    { type: "message", data: "x", lastEventId: "2" },
  ]);
  await server.close();
});

test("json and done: a language model's stream", async () => {
  const response = answer(
    'data: {"text":"a"}\n\nda',
    'ta: {"text":"b"}\n\ndata: [DONE]\n\ndata: not read\n\n',
  );
  const texts: string[] = [];
  for await (const { data } of decode<{ text: string }>(response, { json: true, done: "[DONE]" }))
    texts.push(data.text);
  assert.deepEqual(texts, ["a", "b"]);
});

test("an answer that ends without its last data was cut", async () => {
  await refuses(answer("data: 1\n\n"), "cut", { done: "[DONE]" });
  await refuses(new Response(null, { headers: { "content-type": "text/event-stream" } }), "cut", {
    done: "[DONE]",
  });
  assert.deepEqual(await all(decode(answer())), []);
});

test("a status other than 200 is an error, whose answer can be read", async () => {
  const response = new Response('{"error":"overloaded"}', { status: 529 });
  await assert.rejects(decode(response).next(), (error) => {
    assert.ok(error instanceof EventSourceError);
    assert.deepEqual([error.code, error.status, error.response], ["status", 529, response]);
    return true;
  });
  assert.deepEqual(await response.json(), { error: "overloaded" });
});

test("another type, a broken body, too much of it, and what is no JSON", async () => {
  await refuses(new Response("{}", { headers: { "content-type": "application/json" } }), "content-type");
  await refuses(Promise.resolve(answer(`data: ${"x".repeat(100)}\n\n`)), "too-long", { maxLineLength: 50 });
  await refuses(answer("data: {\n\n"), "not-json", { json: true } as DecodeOptions);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  await refuses(new Response(broken, { headers: { "content-type": "text/event-stream" } }), "cut");
});

test("a request that fails is thrown as it is", async () => {
  const failure = new TypeError("no such host");
  await assert.rejects(decode(Promise.reject(failure)).next(), failure);
});

test("leaving the loop gives the rest of the body back", async () => {
  const state: { cancelled?: boolean; pulled?: number } = {};
  const body = streamOf([bytesOf("data: 1\n\n"), bytesOf("data: 2\n\n"), bytesOf("data: 3\n\n")], state);
  const response = new Response(body, { headers: { "content-type": "text/event-stream" } });
  for await (const { data } of decode(response)) if (data === "1") break;
  assert.equal(state.cancelled, true);
  assert.ok((state.pulled ?? 0) < 3);
});
