import assert from "node:assert/strict";
import { test } from "node:test";
import { END, loopOver } from "../../src/client/item-loop.ts";
import { defer } from "../support/deferred.ts";

/** Batches that are given when they are asked for, and a note of what became of them. */
function batchesOf(...batches: (readonly number[] | Error | Promise<readonly number[]>)[]) {
  const log: string[] = [];
  async function* give(): AsyncGenerator<readonly number[], void, void> {
    try {
      for (const batch of batches) {
        log.push("asked");
        if (batch instanceof Error) throw batch;
        yield batch;
      }
    } finally {
      log.push("left");
    }
  }
  return { batches: give(), log, close: () => log.push("closed") };
}

const odd = (item: number) => (item % 2 === 1 ? item : undefined);

test("what is taken of each batch comes one by one, and the next is asked for when there is no more", async () => {
  const { batches, log, close } = batchesOf([1, 2, 3], [4], [], [5]);
  const loop = loopOver(batches, odd, () => void close());
  assert.deepEqual(log, []);
  assert.deepEqual(await loop.next(), { done: false, value: 1 });
  assert.deepEqual(await loop.next(), { done: false, value: 3 });
  assert.deepEqual(log, ["asked"]);
  assert.deepEqual(await loop.next(), { done: false, value: 5 });
  assert.deepEqual(log.length, 4);
  for (const _ of [1, 2]) assert.deepEqual(await loop.next(), { done: true, value: undefined });
  assert.deepEqual(log.slice(4, 6), ["left", "closed"]);
});

test("whoever asks before the one before was answered gets what comes after", async () => {
  const late = defer<readonly number[]>();
  const { batches } = batchesOf(late.promise, [5]);
  const loop = loopOver(batches, odd);
  const asked = [loop.next(), loop.next(), loop.next(), loop.next()];
  late.resolve([1, 3]);
  assert.deepEqual(
    (await Promise.all(asked)).map(({ value }) => value),
    [1, 3, 5, undefined],
  );
});

test("a break leaves the batches, and closes", async () => {
  const { batches, log, close } = batchesOf([1, 3], [5]);
  for await (const item of loopOver(batches, odd, () => void close())) if (item === 3) break;
  assert.deepEqual(log, ["asked", "closed", "left"]);
});

test("END ends it, whatever was to come", async () => {
  const { batches, log } = batchesOf([1, 2, 3]);
  const seen: number[] = [];
  for await (const item of loopOver(batches, (item) => (item === 2 ? END : item))) seen.push(item);
  assert.deepEqual([seen, log], [[1], ["asked", "left"]]);
});

test("what the batches throw, and what is thrown for an item, is thrown once", async () => {
  const fault = new Error("gone");
  for (const [batches, take] of [
    [batchesOf([1], fault), odd],
    [
      batchesOf([1, 2]),
      (item: number) => {
        if (item === 2) throw fault;
        return item;
      },
    ],
  ] as const) {
    const loop = loopOver(batches.batches, take, () => void batches.close());
    assert.equal((await loop.next()).value, 1);
    await assert.rejects(loop.next(), (error) => error === fault);
    assert.equal((await loop.next()).done, true);
    assert.ok(batches.log.includes("closed") && batches.log.includes("left"));
  }
});

test("who waits behind one that fails is told that it is over", async () => {
  const late = defer<readonly number[]>();
  const { batches } = batchesOf(late.promise);
  const loop = loopOver(batches, odd);
  const asked = [loop.next(), loop.next()];
  late.reject(new Error("gone"));
  const [first, second] = await Promise.allSettled(asked);
  assert.equal(first?.status, "rejected");
  assert.deepEqual(second, { status: "fulfilled", value: { done: true, value: undefined } });
});
