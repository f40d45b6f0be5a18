import assert from "node:assert/strict";
import { test } from "node:test";
import type { Broker, BrokerLog } from "../../src/channel/broker.ts";
import { Channel } from "../../src/channel/channel.ts";
import type { ChannelOptions } from "../../src/channel/channel-options.ts";
import { channelTag, formatPosition } from "../../src/channel/event-id.ts";
import { EventLog } from "../../src/channel/event-log.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

const record = (offset: number) => ({ type: "word", data: `${offset}`, json: false });
const idOf = (offset: number) => formatPosition({ tag: channelTag("words"), epoch: "e", offset });

/**
 * A channel whose broker keeps the events of these offsets; memory begins at 10, and has three at most. What came before 8
 * is lost but for what came before 6, and that of which 12 does not know: it followed 10.
 */
function open(kept: number[], options: ChannelOptions<Record<string, unknown>, unknown> = {}) {
  const clock = new VirtualClock();
  const limits = { events: 3, bytes: 10_000, ageMs: Number.POSITIVE_INFINITY };
  const log = new EventLog(channelTag("words"), { epoch: "e", offset: 10 }, limits, clock);
  let changed = () => {};
  const brokerLog: BrokerLog = {
    append: async () => ({ epoch: "e", offset: log.head }),
    head: async () => ({ epoch: "e", offset: Math.max(log.head, ...kept) }),
    follow: (follower) => {
      changed = follower;
      return { log, opened: Promise.resolve(log), close: () => log.clear() };
    },
    read: async (after, limit) => {
      const rest = kept.filter((offset) => offset > after.offset);
      const from = rest.length > 0 ? previous(rest[0] as number) : Math.max(log.head, ...kept);
      const hole = rest.findIndex((offset, at) => at > 0 && previous(offset) !== rest[at - 1]);
      const page = rest.slice(0, Math.min(limit, 2, hole < 0 ? limit : hole));
      return { epoch: "e", from, events: page.map((offset) => ({ offset, record: record(offset) })) };
    },
  };
  const broker: Broker = {
    open: () => brokerLog,
    status: { connected: true, pending: 0, lastError: undefined },
    close: async () => {},
  };
  const channel = new Channel<Record<string, unknown>>("words", { clock, broker, ...options });
  const previous = (offset: number) =>
    ({ 8: 7, 12: 10 })[offset] ?? kept[kept.indexOf(offset) - 1] ?? offset - 1;
  const append = (...offsets: number[]) => {
    for (const offset of offsets) {
      kept.push(offset);
      log.append(offset, record(offset));
    }
    changed();
  };
  const forget = (offset: number) => kept.splice(kept.indexOf(offset), 1);
  const read = async (lastEventId: string, follow: Parameters<typeof channel.subscribe>[1] = {}) => {
    const reader = new ScriptedReader(clock, { lastEventId });
    const subscription = channel.subscribe(reader.target, follow);
    await subscription.ready;
    return { reader, subscription };
  };
  const settle = async () => {
    for (let count = 0; count < 20; count++) {
      clock.advance(0);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  return { append, forget, read, settle };
}

const words = (reader: ScriptedReader) =>
  reader.read().map(({ type, data }) => (type === "word" ? data : `[${type}]`));

test("who begins in the past while another is about to lose its place is not taken for that one", async () => {
  const { append, read, settle } = open([3, 4, 5, 10]);
  const { reader: live } = await read("");
  // Nothing leaves before the turn is over; meanwhile memory drops the event that comes next for who is live.
  append(12, 13, 14, 15);
  const { reader } = await read("", { since: "earliest" });
  await settle();
  assert.deepEqual(words(reader), ["3", "4", "5", "10", "12", "13", "14", "15"]);
  assert.deepEqual(words(live), ["12", "13", "14", "15"]);
});

for (const slowReaders of ["gap", "close"] as const) {
  test(`a hole in the past is told to who meets it, and the rest follows: slow readers ${slowReaders}`, async () => {
    const { read, settle } = open([4, 5, 8, 9, 10], { slowReaders });
    for (const filter of [undefined, () => true, ({ data }: { data: unknown }) => Number(data) > 5]) {
      const { reader, subscription } = await read(idOf(3), filter && { filter });
      await settle();
      const whole = ["4", "5", "[gap]", "8", "9", "10"];
      assert.deepEqual(
        words(reader),
        subscription.outcome && filter?.({ data: 4 }) === false ? whole.slice(2) : whole,
      );
      assert.equal(subscription.closed, false);
    }
  });
}

test("a place that the log has lost is told as one of which nothing is known", async () => {
  const { append, read, settle } = open([9, 10]);
  await read("");
  append(12, 13, 14, 15);
  const { reader, subscription } = await read(idOf(11));
  await settle();
  assert.deepEqual(words(reader), ["[reset]", "12", "13", "14", "15"]);
  assert.equal(subscription.outcome, "reset");
});

test("a place that proves to be lost when the log comes to it is told as one", async () => {
  const { append, forget, read, settle } = open([9, 10, 11]);
  await read("");
  // This node has not heard of 11 yet; when it hears of the next, the broker has no 11 any more.
  const { reader, subscription } = await read(idOf(11));
  assert.equal(subscription.outcome, "resumed");
  forget(11);
  append(12, 13);
  await settle();
  assert.deepEqual(words(reader), ["[reset]", "12", "13"]);
});

test("a place within a hole is told as a gap, and what comes after it follows", async () => {
  const { read, settle } = open([4, 5, 8, 9, 10]);
  const { reader, subscription } = await read(idOf(6));
  await settle();
  assert.deepEqual(words(reader), ["[gap]", "8", "9", "10"]);
  assert.equal(subscription.outcome, "gap");
});
