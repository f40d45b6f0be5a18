import assert from "node:assert/strict";
import { test } from "node:test";
import { WebServerRequest } from "../../src/app/web-server-request.ts";
import { byteSinkContract, type SinkUnderTest } from "../../src/testing/byte-sink-contract.ts";

function requestOf(url = "http://host.test/", init?: RequestInit): WebServerRequest {
  return new WebServerRequest(new Request(url, init));
}

test("a request shows what the web's request says", () => {
  const source = new Request("https://host.test:8443/a/b?c", {
    method: "POST",
    headers: { "x-own": "1" },
    body: "b",
  });
  const request = new WebServerRequest(source, { remoteAddr: { hostname: "192.0.2.1" } });
  assert.equal(request.request, source);
  assert.equal(request.headers, source.headers);
  assert.equal(request.getBody(), source.body);
  assert.equal(request.signal, source.signal);
  assert.deepEqual(
    [request.method, request.rawUrl, request.url, request.remoteAddr],
    ["POST", "https://host.test:8443/a/b?c", "/a/b?c", "192.0.2.1"],
  );
  assert.deepEqual([request.getHeader("x-own"), request.getHeader("x-other")], ["1", null]);
});

const urls: [url: string, path: string][] = [
  ["http://host.test", "/"],
  ["http://host.test/", "/"],
  ["http://host.test?q", "/?q"],
  ["http://host.test/a?b=http://other.test/c", "/a?b=http://other.test/c"],
  ["http://host.test//double", "//double"],
  ["http://[::1]:8000/%2f", "/%2f"],
];

for (const [url, path] of urls) {
  test(`of ${url} path and query are ${path}`, () => assert.equal(requestOf(url).url, path));
}

test("a path alone, as Bun has it where the client named no host, is the path", () => {
  const source = { url: "/a?b=http://other.test/c" } as Request;
  assert.equal(new WebServerRequest(source).url, "/a?b=http://other.test/c");
});

test("without a body and an address there are none", () => {
  const request = requestOf();
  assert.deepEqual([request.getBody(), request.remoteAddr], [null, undefined]);
});

test("respond gives the response itself", async () => {
  const request = requestOf();
  const own = new Response("own");
  request.respond(own);
  assert.equal(await request.response, own);
});

test("respondPlain gives a response of head and body", async () => {
  for (const body of ["text", new TextEncoder().encode("text"), null]) {
    const request = requestOf();
    request.respondPlain(
      {
        status: 202,
        headers: [
          ["set-cookie", "a=1"],
          ["set-cookie", "b=2"],
          ["content-type", "x/y"],
        ],
      },
      body,
    );
    const { status, headers, body: sent } = await request.response;
    assert.deepEqual(
      [status, headers.getSetCookie(), headers.get("content-type")],
      [202, ["a=1", "b=2"], "x/y"],
    );
    assert.equal(sent === null ? null : await new Response(sent).text(), body === null ? null : "text");
  }
});

test("openStream gives a sink whose bytes are the body", async () => {
  const request = requestOf();
  const sink = request.openStream({ status: 200, headers: [["content-type", "text/event-stream"]] });
  const ends: unknown[] = [];
  sink.open({ drained: () => undefined, closed: (error) => ends.push(error) }, 1024);
  sink.write(new TextEncoder().encode("bytes"));
  sink.close();
  const response = await request.response;
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(await response.text(), "bytes");
  assert.deepEqual(ends, [undefined]);
});

const answers: [name: string, answer: (request: WebServerRequest) => unknown][] = [
  ["respond", (request) => request.respond(new Response("second"))],
  ["respondPlain", (request) => request.respondPlain({ status: 200, headers: [] }, "second")],
  ["openStream", (request) => request.openStream({ status: 200, headers: [] })],
];

for (const [name, answer] of answers) {
  for (const [first, answerFirst] of answers) {
    test(`${name} after ${first} throws`, () => {
      const request = requestOf();
      answerFirst(request);
      assert.throws(() => answer(request), {
        name: "TypeError",
        message: "Cannot answer the request: it was answered already",
      });
    });
  }

  test(`${name} after the request was given up throws`, async () => {
    const request = requestOf();
    request.error(new Error("given up"));
    await assert.rejects(request.response, { message: "given up" });
    assert.throws(() => answer(request), TypeError);
  });
}

test("a head that can't be sent is no answer", async () => {
  const request = requestOf();
  assert.throws(() => request.respondPlain({ status: 200, headers: [["x-bad", "a\r\nb"]] }, "x"), TypeError);
  assert.throws(() => request.respondPlain({ status: 1000, headers: [] }, "x"), RangeError);
  request.respond(new Response("good"));
  assert.equal(await (await request.response).text(), "good");
});

test("a stream's head that can't be sent is no answer", async () => {
  const request = requestOf();
  assert.throws(() => request.openStream({ status: 200, headers: [["x-bad", "a\r\nb"]] }), TypeError);
  request.respond(new Response("good"));
  assert.equal(await (await request.response).text(), "good");
});

test("giving up an answered request changes nothing", async () => {
  const request = requestOf();
  const own = new Response();
  request.respond(own);
  request.error(new Error("too late"));
  assert.equal(await request.response, own);
});

/** A request as Deno's server tells of it: its signal is aborted at the end of every response. */
function denoRequest() {
  const controller = new AbortController();
  const source = new Request("http://host.test/", { signal: controller.signal });
  const request = new WebServerRequest(source, { completed: Promise.resolve() });
  return { request, end: () => controller.abort("over") };
}

test("who waits for the answer gets it, whether it came or comes, and is told that it did", async () => {
  const own = new Response("own");
  const early = requestOf();
  early.respond(own);
  assert.equal(await early.waitForAnswer(), own);
  const late = requestOf();
  let over = 0;
  const answers = [late.response, late.waitForAnswer(() => over++), late.waitForAnswer(() => over++)];
  assert.equal(over, 0);
  late.respond(own);
  assert.equal(over, 2);
  for (const answer of answers) assert.equal(await answer, own);
});

test("who waits for the answer of a request that is given up gets a 500 that does not say why", async () => {
  for (const late of [false, true]) {
    const request = requestOf();
    if (!late) request.error(new Error("secret"));
    const answer = request.waitForAnswer();
    request.error(new Error("secret"));
    const { status } = await answer;
    assert.deepEqual([status, await (await answer).text()], [500, "Internal Server Error"]);
  }
});

test("the headers of one plain answer are not those of another", async () => {
  const answerOf = (type: string) => {
    const request = requestOf();
    request.respondPlain({ status: 200, headers: [["content-type", type]] }, "{}");
    return request.answer as Response;
  };
  const first = answerOf("application/json");
  first.headers.set("content-type", "text/css");
  first.headers.set("x-first", "1");
  assert.deepEqual([...answerOf("application/json").headers], [["content-type", "application/json"]]);
  for (let n = 0; n < 100; n++)
    assert.equal(answerOf(`text/x-${n}`).headers.get("content-type"), `text/x-${n}`);
});

test("on Deno the abort after a plain answer means that all went well", () => {
  const { request, end } = denoRequest();
  const { signal } = request;
  request.respondPlain({ status: 200, headers: [] }, "x");
  end();
  assert.equal(signal.aborted, false);
  assert.equal(request.signal, signal);
});

test("before an answer, and while one flows, it means that the client is gone", () => {
  const silent = denoRequest();
  const { signal } = silent.request;
  silent.end();
  assert.deepEqual([signal.aborted, signal.reason], [true, "over"]);
  const late = denoRequest();
  late.end();
  assert.equal(late.request.signal.aborted, true, "also for who asks later");
});

const sinkChecks = byteSinkContract(async () => {
  const request = requestOf();
  const sink = request.openStream({ status: 200, headers: [] });
  const reader = (await request.response).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  return { sink, reader: readingOf(reader) };
});

for (const { name, run } of sinkChecks) test(`WebServerRequest: ${name}`, run);

/** Reads on and on, until it is told to pause. */
function readingOf(source: ReadableStreamDefaultReader<Uint8Array>): SinkUnderTest["reader"] {
  const decoder = new TextDecoder();
  let [text, paused, ended] = ["", false, false];
  async function read(): Promise<void> {
    while (!paused && !ended) {
      const { done, value } = await source.read();
      if (done) ended = true;
      else text += decoder.decode(value, { stream: true });
    }
  }
  // Later in the turn, so that a test can say first that nothing is to be read.
  queueMicrotask(() => void read());
  return {
    text: () => text,
    ended: () => ended,
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      void read();
    },
    leave: () => void source.cancel(),
  };
}
