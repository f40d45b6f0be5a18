import assert from "node:assert/strict";
import { test } from "node:test";
import { createHttpError } from "../../src/http/http-error.ts";
import { ProxyExchange } from "../../src/middleware/proxy-exchange.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

const URL_ASKED = "http://upstream.test/secret?token=1";
const FAILED = new TypeError("fetch failed");

/** A signal, and how many listen to it. */
function watched(): { controller: AbortController; listeners: Set<unknown> } {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners.delete(args[1]);
    remove(...args);
  };
  return { controller, listeners };
}

test("the client's leaving ends it, and is a 400", () => {
  const client = new AbortController();
  const exchange = new ProxyExchange({ client: client.signal });
  assert.equal(exchange.signal.aborted, false);
  client.abort();
  assert.equal(exchange.signal.aborted, true);
  const error = exchange.explain(FAILED, URL_ASKED);
  assert.deepEqual(
    [(error as { status?: number }).status, error.message],
    [400, "The client left before the answer"],
  );
});

test("a signal that was aborted before ends it at once", () => {
  const reason = new Error("over");
  const exchange = new ProxyExchange({ client: undefined, signal: AbortSignal.abort(reason) });
  assert.equal(exchange.signal.reason, reason);
  const { status, cause } = exchange.explain(reason, URL_ASKED) as Error & { status?: number };
  assert.deepEqual([status, cause], [502, reason]);
});

test("the end leaves no listener and no timer behind", () => {
  const [client, own, clock] = [watched(), watched(), new VirtualClock()];
  const exchange = new ProxyExchange({
    client: client.controller.signal,
    signal: own.controller.signal,
    timeoutMs: 1,
    clock,
  });
  assert.deepEqual([client.listeners.size, own.listeners.size], [1, 1]);
  exchange.end();
  exchange.end();
  assert.deepEqual([client.listeners.size, own.listeners.size, exchange.signal.aborted], [0, 0, true]);
  assert.equal(clock.timers, 0);
  assert.equal((exchange.explain(FAILED, URL_ASKED) as { status?: number }).status, 502);
});

test("no answer in time ends it, and is a 504", () => {
  const clock = new VirtualClock();
  const exchange = new ProxyExchange({ client: undefined, timeoutMs: 50, clock });
  clock.advance(49);
  assert.equal(exchange.signal.aborted, false);
  clock.advance(1);
  assert.equal(exchange.signal.aborted, true);
  const error = exchange.explain(FAILED, URL_ASKED);
  assert.deepEqual(
    [(error as { status?: number }).status, error.message],
    [504, 'Cannot proxy to "http://upstream.test": no answer in 50 ms'],
  );
});

test("once the answer has begun it may take its time", () => {
  const clock = new VirtualClock();
  const exchange = new ProxyExchange({ client: undefined, timeoutMs: 50, clock });
  exchange.answered();
  clock.advance(100);
  assert.deepEqual([exchange.signal.aborted, clock.timers], [false, 0]);
});

test("an error names where the request went, not what it asked for", () => {
  const { message, cause } = new ProxyExchange({ client: undefined }).explain(FAILED, URL_ASKED);
  assert.deepEqual([message, cause], ['Cannot proxy to "http://upstream.test": fetch failed', FAILED]);
  const odd = new ProxyExchange({ client: undefined }).explain("odd", URL_ASKED);
  assert.equal(odd.message, 'Cannot proxy to "http://upstream.test": odd');
});

test("an upload is read when it is asked for, and its cancelling is passed on", async () => {
  const state: { cancelled?: boolean; pulled?: number } = {};
  const exchange = new ProxyExchange({ client: undefined });
  const reader = exchange.upload(streamOf([bytesOf("a"), bytesOf("b"), bytesOf("c")], state)).getReader();
  assert.equal(state.pulled, undefined);
  assert.deepEqual((await reader.read()).value, bytesOf("a"));
  assert.equal(state.pulled, 1);
  await reader.cancel();
  assert.equal(state.cancelled, true);
});

test("what the client's body failed with is told, whatever fetch makes of it", async () => {
  const tooLarge = createHttpError(413);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      controller.error(tooLarge);
    },
  });
  const exchange = new ProxyExchange({ client: undefined });
  const reader = exchange.upload(body).getReader();
  await assert.rejects(reader.read(), tooLarge);
  assert.equal(exchange.explain(FAILED, URL_ASKED), tooLarge);
});
