import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestQueue } from "../../src/servers/request-queue.ts";
import { BareRequest } from "../support/bare-request.ts";

test("requests are iterated in order, those that wait before the end too, and later ones are given up", async () => {
  const queue = new RequestQueue();
  const iterator = queue[Symbol.asyncIterator]();
  const first = iterator.next();
  const requests = [new BareRequest("/1"), new BareRequest("/2"), new BareRequest("/3")] as const;
  await queue.handler(requests[0]);
  assert.deepEqual(await first, { done: false, value: requests[0] });
  await queue.handler(requests[1]);
  queue.end();
  await queue.handler(requests[2]);
  assert.equal(requests[2].errors.length, 1);
  assert.deepEqual(await iterator.next(), { done: false, value: requests[1] });
  assert.deepEqual(await iterator.next(), { done: true, value: undefined });
});

test("the end wakes who waits", async () => {
  const queue = new RequestQueue();
  const iterator = queue[Symbol.asyncIterator]();
  const next = iterator.next();
  queue.end();
  assert.deepEqual(await next, { done: true, value: undefined });
});
