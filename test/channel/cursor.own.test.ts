import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { ChannelOptions } from "../../src/channel/channel-options.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

type Events = Record<string, unknown>;

function open(history: ChannelOptions<Events, unknown>["history"] = {}) {
  const clock = new VirtualClock();
  const channel = new Channel<Events>("words", { clock, history });
  const follow = (options: Parameters<typeof channel.subscribe>[1] = {}, lastEventId = "") => {
    const reader = new ScriptedReader(clock, { lastEventId });
    return { reader, subscription: channel.subscribe(reader.target, options) };
  };
  return { clock, channel, follow };
}

/** Notes how often something was done in each turn. */
class TurnsClock extends VirtualClock {
  count = 0;
  readonly turns: number[] = [];

  override after(delayMs: number, callback: () => void): () => void {
    return super.after(delayMs, () => {
      this.count = 0;
      callback();
      this.turns.push(this.count);
    });
  }
}

test("filters that look at a long past let others have their turn", async () => {
  const clock = new TurnsClock();
  const channel = new Channel<Events>("words", { clock });
  for (let count = 0; count < 9000; count++) void channel.publish("word", count);
  const filter = () => {
    clock.count++;
    return false;
  };
  const readers = Array.from({ length: 50 }, () => {
    const { target } = new ScriptedReader(clock);
    return channel.subscribe(target, { filter, since: "earliest" });
  });
  clock.advance(0);
  for (const { lag } of readers) assert.equal(lag, 0);
  const looks = clock.turns.reduce((sum, count) => sum + count, 0);
  assert.equal(looks, 50 * 9000);
  assert.ok(Math.max(...clock.turns) <= 5000, `${Math.max(...clock.turns)} events in one turn`);
});

for (const [bound, history] of [
  ["number", { events: 80 }],
  ["bytes", { bytes: 100_000 }],
  ["age", { ageMs: 8000 }],
] as const) {
  test(`who is sent nothing resumes all the same, though events go by: a log bound by ${bound}`, async () => {
    const { clock, channel, follow } = open(history);
    const filter = ({ type }: { type: string }) => type === "never";
    const { reader } = follow({ filter });
    for (let count = 0; count < 300; count++) {
      await channel.publish("word", "x".repeat(1000));
      clock.advance(100);
      reader.read();
    }
    assert.ok(channel.metrics.log.events < 300);
    assert.ok(reader.writes < 150, `${reader.writes} writes for nothing`);
    assert.equal(follow({ filter }, reader.lastEventId).subscription.outcome, "resumed");
  });
}

for (const view of ["all", "own"] as const) {
  test(`who keeps up gets every state, who is behind the newest of each key: a reader of ${view}`, async () => {
    const { clock, channel, follow } = open();
    const options = view === "all" ? {} : { filter: () => true };
    const [live, slow] = [follow(options), follow(options)];
    const read = ({ reader }: typeof live) => {
      clock.advance(0);
      return reader.read().map(({ data }) => data);
    };
    await channel.publish("word", "x".repeat(2000));
    read(live);
    for (const [key, word] of ["a1", "b1", "-", "a2", "b2", "a3"].map((word) => [word[0], word] as const)) {
      await channel.publish("word", word, key === "-" ? {} : { key });
      assert.deepEqual(read(live), [word]);
    }
    assert.equal(slow.reader.read().length, 1);
    assert.deepEqual(read(slow), ["-", "b2", "a3"]);
    assert.equal(slow.reader.lastEventId, live.reader.lastEventId);
  });
}

test("a filter whose events push out those that it has not seen loses them, and is told", async () => {
  const { clock, channel, follow } = open({ events: 3 });
  let published = 0;
  const filter = () => {
    for (const end = published + 4; published < end && published < 8; published++) {
      void channel.publish("more", published);
    }
    return true;
  };
  const { reader } = follow({ filter });
  for (const word of ["a", "b", "c"]) void channel.publish("word", word);
  for (let turn = 0; turn < 10; turn++) clock.advance(0);
  const heard = reader.read().map(({ type, data }) => (type === "gap" ? "[gap]" : data));
  assert.deepEqual(heard, ["a", "[gap]", "1", "[gap]", "5", "6", "7"]);
});
