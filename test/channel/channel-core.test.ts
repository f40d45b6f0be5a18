import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrokerLog, HistoryPage } from "../../src/channel/broker.ts";
import { Channel } from "../../src/channel/channel.ts";
import { ChannelCore } from "../../src/channel/channel-core.ts";
import { readChannelOptions } from "../../src/channel/channel-options.ts";
import { MemoryBroker } from "../../src/channel/memory-broker.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

/** A broker that counts who follows. */
class CountingBroker extends MemoryBroker {
  following = 0;

  override open(...args: Parameters<MemoryBroker["open"]>): BrokerLog {
    const log = super.open(...args);
    return {
      append: (record, options) => log.append(record, options),
      head: () => log.head(),
      follow: (changed) => {
        this.following++;
        const following = log.follow(changed);
        return {
          log: following.log,
          opened: following.opened,
          close: () => {
            this.following--;
            following.close();
          },
        };
      },
    };
  }
}

test("a log is followed once while anybody reads, and by nobody else", () => {
  const clock = new VirtualClock();
  const broker = new CountingBroker();
  const channel = new Channel("a", { broker, clock });
  assert.equal(broker.following, 0);
  const readers = [new ScriptedReader(clock), new ScriptedReader(clock)];
  for (const { target } of readers) channel.subscribe(target);
  assert.equal(broker.following, 1);
  readers[0]?.sink.leave();
  assert.equal(broker.following, 1);
  readers[1]?.sink.leave();
  assert.equal(broker.following, 0);
  channel.subscribe(new ScriptedReader(clock).target);
  assert.equal(broker.following, 1);
});

function openCore(read: BrokerLog["read"]) {
  const clock = new VirtualClock();
  const settings = readChannelOptions("a", { clock, random: () => 0.25, retryMs: [100, 200] });
  const log = new MemoryBroker().open("a", { limits: settings.limits, clock, tag: "tag4" });
  const core = new ChannelCore(settings, {
    open: () =>
      read === undefined
        ? log
        : {
            ...log,
            head: () => log.head(),
            follow: (call) => log.follow(call),
            append: (record) => log.append(record),
            read,
          },
    onStart: () => undefined,
    onEnd: () => undefined,
    onError: () => undefined,
  });
  return core;
}

test("who asks for the same page of the past at the same time gets the same", async () => {
  let reads = 0;
  const core = openCore(async (after): Promise<HistoryPage> => {
    reads++;
    const record = { type: "a", data: "b", json: false };
    return { epoch: after.epoch, from: after.offset, events: [{ offset: after.offset + 1, record }] };
  });
  const place = { epoch: "e", offset: 4 };
  const [one, other] = await Promise.all([core.readPast(place), core.readPast({ ...place })]);
  assert.equal(one, other);
  assert.equal(reads, 1);
  assert.equal(one.entries[0]?.offset, 5);
  await core.readPast(place);
  assert.equal(reads, 2);
});

test("a page that can't be read is asked for again by the next", async () => {
  let reads = 0;
  const core = openCore(async () => {
    reads++;
    throw new Error("away");
  });
  const place = { epoch: "e", offset: 4 };
  await assert.rejects(core.readPast(place), /away/);
  await assert.rejects(core.readPast(place), /away/);
  assert.equal(reads, 2);
});

test("a time to come back lies in the window", () => {
  assert.equal(openCore(undefined).randomRetryMs(), 125);
});
