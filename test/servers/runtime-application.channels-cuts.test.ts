import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { RawEvents } from "../support/raw-events.ts";
import { serveChannels } from "../support/serve-channels.ts";

const CUTS = 250;

/** Numbers below `below`, the same in each run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Publishes the next numbers of a channel, some of them large, in one turn. */
function publishMore(channel: Channel, counts: Map<Channel, number>, count: number, size: number): void {
  const first = counts.get(channel) ?? 0;
  for (let number = first; number < first + count; number++) {
    void channel.publish(channel.name, `${number} ${"x".repeat(size)}`);
  }
  counts.set(channel, first + count);
}

for (const [what, keys, subscribing] of [
  ["a reader", undefined, {}],
  ["a reader with ids of its own", ["a key of this test"], {}],
  [
    "a reader of events that are mapped",
    undefined,
    { map: ({ data }: { data: unknown }) => `${data} mapped` },
  ],
] as const) {
  test(`${what} of two channels, cut ${CUTS} times anywhere, gets each event once and in order`, async (t) => {
    const channels = ["one", "two"].map(
      (name) => new Channel(name, keys === undefined ? {} : { keys: [...keys] }),
    );
    const { port, stop, errors } = await serveChannels(t, channels, () => ({
      since: "earliest",
      ...subscribing,
    }));
    const random = randomNumbers(CUTS);
    const counts = new Map<Channel, number>();
    const heard = new Map(channels.map(({ name }) => [name, [] as string[]]));
    let lastEventId = "";
    const publishSome = () => {
      for (const channel of channels)
        publishMore(channel, counts, random(4), random(20) === 0 ? 90_000 : random(300));
    };
    const keep = (reader: RawEvents) => {
      for (const { type, data } of reader.events) {
        assert.ok(heard.has(type), `${type}: ${data.slice(0, 200)}`);
        heard.get(type)?.push(data.split(" ")[0] ?? "");
      }
      lastEventId = reader.lastEventId;
    };
    for (let cut = 0; cut < CUTS; cut++) {
      publishSome();
      const reader = await RawEvents.open(port, "/", { lastEventId });
      publishSome();
      // The opening comment and the places come in any case.
      await reader.untilArrived(3 + random(150));
      reader.take(random(reader.arrived + 1));
      reader.destroy();
      keep(reader);
    }
    const last = await RawEvents.open(port, "/", { lastEventId });
    for (const channel of channels) publishMore(channel, counts, 1, 0);
    const ends = channels.map((channel) => `${(counts.get(channel) ?? 0) - 1}`);
    await last.until(() =>
      channels.every(({ name }, at) => last.data(name).some((data) => data.split(" ")[0] === ends[at])),
    );
    last.destroy();
    keep(last);
    for (const channel of channels) {
      const all = Array.from({ length: counts.get(channel) ?? 0 }, (_, number) => String(number));
      assert.deepEqual(heard.get(channel.name), all);
      assert.deepEqual([channel.metrics.outcomes.gap, channel.metrics.outcomes.reset], [0, 0]);
    }
    assert.deepEqual(errors, []);
    await stop();
    assert.deepEqual(
      channels.map(({ size }) => size),
      [0, 0],
    );
  });
}
