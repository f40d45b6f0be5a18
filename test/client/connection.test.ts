import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSourceError } from "../../src/client/client-error.ts";
import { checkAnswer, openConnection } from "../../src/client/connection.ts";
import { newStream } from "../../src/client/stream-state.ts";

const { signal } = new AbortController();
const headers = { "content-type": "text/event-stream" };

test("the request that a fetch is given", async () => {
  let asked: [string, RequestInit] | undefined;
  const fetch = async (url: string, init: RequestInit) => {
    asked = [url, init];
    return new Response("", { headers });
  };
  const stream = newStream("http://example.test/a?b#c", {
    fetch,
    withCredentials: true,
    method: "POST",
    body: "x",
  });
  await openConnection(stream, signal);
  const [url, init] = asked ?? assert.fail("not asked");
  assert.equal(url, "http://example.test/a?b#c");
  assert.equal(init.cache, "no-store");
  assert.equal(init.credentials, "include");
  assert.equal(init.method, "POST");
  assert.equal(init.body, "x");
  assert.equal(init.signal, signal);
});

test("in a page, no field is sent that another origin would have to allow", async () => {
  const names: string[][] = [];
  const fetch = async (_url: string, init: RequestInit) => {
    names.push([...(init.headers as Headers).keys()]);
    return new Response("", { headers });
  };
  const stream = newStream("http://example.test/", { fetch });
  await openConnection(stream, signal);
  const before = Object.getOwnPropertyDescriptor(globalThis, "location");
  Object.defineProperty(globalThis, "location", {
    value: { href: "http://example.test/" },
    configurable: true,
  });
  await openConnection(stream, signal);
  if (before) Object.defineProperty(globalThis, "location", before);
  else Reflect.deleteProperty(globalThis, "location");
  assert.deepEqual(names, [["accept", "cache-control"], ["accept"]]);
});

test("an abort ends what a fetch would not end, before and while it asks", async () => {
  const reason = new EventSourceError("open-timeout");
  const stream = newStream("http://example.test/", { fetch: () => new Promise(() => undefined) });
  await assert.rejects(openConnection(stream, AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const opening = openConnection(stream, controller.signal);
  controller.abort(reason);
  await assert.rejects(opening, reason);
});

test("an answer is an event stream, or an error that carries it", () => {
  checkAnswer(new Response("", { headers }));
  const refused = new Response("", { status: 429, headers: { "retry-after": "1" } });
  assert.throws(
    () => checkAnswer(refused),
    (error) => error instanceof EventSourceError && error.response === refused && error.status === 429,
  );
});
