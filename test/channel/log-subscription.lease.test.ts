import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { Lease } from "../../src/channel/lease.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { defer } from "../support/deferred.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

function open() {
  const clock = new VirtualClock();
  const channel = new Channel<Record<string, unknown>>("words", { clock, leaseCheckMs: 1000 });
  const errors: unknown[] = [];
  channel.addEventListener("error", ({ error }) => errors.push(error));
  const follow = async (lease: Lease, lastEventId = "") => {
    const reader = new ScriptedReader(clock, { lastEventId });
    const subscription = channel.subscribe(reader.target, { lease });
    await turns();
    return { reader, subscription };
  };
  const pass = async (ms: number) => {
    clock.advance(ms);
    await turns();
  };
  return { clock, channel, errors, follow, pass };
}

const turns = async () => {
  for (let count = 0; count < 10; count++) await Promise.resolve();
};

test("a right is asked about before anything of the past is sent", async () => {
  const { clock, channel, follow } = open();
  const { reader: first } = await follow({});
  first.read();
  await channel.publish("word", "secret");
  for (const lease of [{ revalidate: () => false }, { expiresAt: clock.date() }]) {
    const { reader, subscription } = await follow(lease, first.lastEventId);
    clock.advance(0);
    assert.deepEqual([reader.read(), reader.target.closeReason], [[], "denied"]);
    assert.equal(subscription.outcome, undefined);
  }
});

test("who takes its time to say that a right holds is asked once at a time", async () => {
  const { follow, pass } = open();
  const answers = [defer<boolean>(), defer<boolean>()];
  let asked = 0;
  const { reader } = await follow({
    revalidate: () => asked++ === 0 || (answers[asked - 2]?.promise ?? true),
  });
  assert.equal(asked, 1);
  for (let count = 0; count < 5; count++) await pass(1000);
  assert.equal(asked, 2);
  answers[0]?.resolve(true);
  await turns();
  await pass(1000);
  assert.equal(asked, 3);
  answers[1]?.resolve(false);
  await turns();
  assert.equal(reader.target.closeReason, "denied");
});

test("a right ends in its time, though nobody answers whether it holds", async () => {
  const { clock, follow, pass } = open();
  let asked = 0;
  const revalidate = () => asked++ === 0 || new Promise<boolean>(() => undefined);
  const { reader } = await follow({ expiresAt: clock.date() + 2500, revalidate });
  await pass(2000);
  assert.equal(reader.target.closed, false);
  await pass(1000);
  assert.deepEqual([asked, reader.target.closeReason], [2, "expired"]);
});

test("an answer that comes after the subscription was closed leaves its target alone", async () => {
  const { follow, pass } = open();
  const answer = defer<boolean>();
  let asked = 0;
  const { reader, subscription } = await follow({ revalidate: () => asked++ === 0 || answer.promise });
  await pass(1000);
  await subscription.close();
  answer.resolve(false);
  await turns();
  assert.deepEqual([asked, reader.target.closed], [2, false]);
});

test("a renewed right is the one that counts from then on", async () => {
  const { clock, follow, pass } = open();
  const longer = { principal: "ann", expiresAt: clock.date() + 4500 };
  const { reader, subscription } = await follow({ expiresAt: clock.date() + 1500, revalidate: () => longer });
  assert.equal(subscription.lease, longer);
  await pass(4000);
  assert.equal(reader.target.closed, false);
  await pass(1000);
  assert.equal(reader.target.closeReason, "expired");
});

test("a right that can't be asked about holds no more, and the channel tells why", async () => {
  const { errors, follow, pass } = open();
  const error = new Error("no database");
  let asked = 0;
  const { reader } = await follow({ revalidate: () => asked++ === 0 || Promise.reject(error) });
  await pass(1000);
  assert.deepEqual([reader.target.closeReason, errors], ["denied", [error]]);
});

test("no timer is left when nobody reads, and there is one again when somebody does", async () => {
  const { clock, follow, pass } = open();
  for (let round = 0; round < 2; round++) {
    let asked = 0;
    const { reader } = await follow({ revalidate: () => asked++ < 100 });
    await pass(1000);
    assert.equal(asked, 2);
    reader.sink.leave();
    assert.equal(clock.timers, 0);
  }
});

test("who is told that somebody came sees whose right it is", async () => {
  const { channel, follow } = open();
  const seen: string[] = [];
  channel.addEventListener("subscribe", ({ subscription }) => seen.push(subscription.principal));
  await follow({ principal: "ann" });
  assert.deepEqual(seen, ["ann"]);
});
