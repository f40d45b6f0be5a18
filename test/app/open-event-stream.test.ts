import assert from "node:assert/strict";
import { test } from "node:test";
import { openEventStream } from "../../src/app/open-event-stream.ts";
import type { ResponseHead } from "../../src/app/server-request.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { BareRequest } from "../support/bare-request.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";
import { readUntil } from "../support/stream-reading.ts";

/** A request whose server offers the fast way for streams. */
class FastRequest extends BareRequest {
  readonly sink = new ScriptedSink();
  readonly heads: ResponseHead[] = [];
  httpVersion: 1 | 2 | undefined;

  openStream(head: ResponseHead): ScriptedSink {
    this.heads.push(head);
    return this.sink;
  }
}

const still = { keepAlive: false } as const;

test("without a fast way the answer is a response whose body is the stream", async () => {
  const request = new WebServerRequest(new Request("http://host.test/"));
  const target = openEventStream(request, { ...still, headers: { "x-own": "1" } });
  const response = await request.response;
  assert.deepEqual(
    [response.status, response.headers.get("content-type"), response.headers.get("x-own")],
    [200, "text/event-stream", "1"],
  );
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  target.dispatchMessage("hi");
  assert.match(await readUntil(reader, "\n\n"), /data: hi\n\n$/);
  await reader.cancel();
  await target.close();
  assert.equal(target.signal.reason.code, "disconnect");
});

test("with a fast way the bytes go to the server's sink, and no response is made", () => {
  const request = new FastRequest();
  const target = openEventStream(request, still);
  target.dispatchMessage("hi");
  assert.deepEqual(request.answers, []);
  assert.deepEqual(request.heads, [
    {
      status: 200,
      headers: [
        ["content-type", "text/event-stream"],
        ["cache-control", "no-cache, no-transform"],
        ["x-accel-buffering", "no"],
      ],
    },
  ]);
  assert.match(request.sink.text, /^:[^\n]*\ndata: hi\n\n$/);
  target.abort("close");
});

test("connection-specific headers go on HTTP/1 alone", () => {
  const kept = ([1, 2, undefined] as const).map((version) => {
    const request = new FastRequest();
    request.httpVersion = version;
    openEventStream(request, { ...still, headers: { connection: "close", "x-own": "1" } }).abort("close");
    return request.heads[0]?.headers
      .map(([name]) => name)
      .filter((name) => /^(?:connection|x-own)$/.test(name));
  });
  assert.deepEqual(kept, [["connection", "x-own"], ["x-own"], ["x-own"]]);
});

for (const Kind of [BareRequest, FastRequest]) {
  test(`${Kind.name}: the answer to HEAD is the head, and the target closes for all who listen`, async () => {
    const request = new Kind("/", { method: "HEAD" });
    const ended: ServerSentEventStreamTarget[] = [];
    const target = openEventStream(request, still, { onEnd: (over) => ended.push(over) });
    let cleaned = false;
    target.signal.addEventListener("abort", () => {
      cleaned = true;
    });
    await Promise.resolve();
    assert.deepEqual([target.closed, cleaned, ended], [true, true, [target]]);
    assert.equal(target.dispatchMessage("nobody hears"), false);
    const [response] = request.answers;
    assert.equal(response?.body, null);
    assert.equal(response?.headers.get("content-type"), "text/event-stream");
  });

  test(`${Kind.name}: the request names the last event id`, () => {
    const request = new Kind("/?lastEventId=9", { headers: { "last-event-id": "7" } });
    const target = openEventStream(request, still);
    assert.equal(target.lastEventId, "7");
    target.abort("close");
  });

  test(`${Kind.name}: onEnd is called once, with the target`, () => {
    const ended: ServerSentEventStreamTarget[] = [];
    const target = openEventStream(new Kind(), still, { onEnd: (over) => ended.push(over) });
    assert.deepEqual(ended, []);
    target.abort("close");
    target.abort("error");
    assert.deepEqual(ended, [target]);
  });

  test(`${Kind.name}: a reader that is turned away is told to come back`, async () => {
    const request = new Kind();
    const ended: unknown[] = [];
    const onEnd = ({ closeReason }: ServerSentEventStreamTarget) => ended.push(closeReason);
    const target = openEventStream(
      request,
      { ...still, retryWindowMs: [5, 5] },
      { onEnd, refusal: "shutdown" },
    );
    assert.deepEqual([target.closed, ended], [true, []]);
    await Promise.resolve();
    assert.deepEqual(ended, ["shutdown"]);
    const text = request instanceof FastRequest ? request.sink.text : await request.answers[0]?.text();
    assert.match(text ?? "", /^:[^\n]*\nretry: 5\n$/);
  });

  test(`${Kind.name}: options out of bounds throw before anything is sent`, () => {
    const request = new Kind();
    assert.throws(() => openEventStream(request, { maxBufferedBytes: -1 }), RangeError);
    assert.deepEqual(request.answers, []);
    if (request instanceof FastRequest) assert.deepEqual(request.heads, []);
  });
}

for (const open of [
  (signal: AbortSignal) => new WebServerRequest(new Request("http://host.test/", { signal })),
  (signal: AbortSignal) => Object.assign(new BareRequest(), { signal }),
]) {
  const name = open(new AbortController().signal).constructor.name;

  test(`${name}: a client that leaves closes the target`, async () => {
    const controller = new AbortController();
    const target = openEventStream(open(controller.signal), still);
    controller.abort();
    await Promise.resolve();
    assert.equal(target.signal.reason?.code, "disconnect");
  });

  test(`${name}: so does one that has left already`, async () => {
    const target = openEventStream(open(AbortSignal.abort()), still);
    const heard: string[] = [];
    target.addEventListener("close", ({ type }) => heard.push(type));
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(target.signal.reason?.code, "disconnect");
    assert.deepEqual(heard, ["close"]);
  });
}

test("a request that was answered already throws", () => {
  const request = new BareRequest();
  request.respond(new Response());
  assert.throws(() => openEventStream(request, still), { name: "TypeError", message: /answered already/ });
});
