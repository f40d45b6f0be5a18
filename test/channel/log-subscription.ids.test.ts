import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Channel } from "../../src/channel/channel.ts";
import { type ChannelPosition, EventId } from "../../src/channel/event-id.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

/** Two channels, each with a history of which the oldest is gone; a reader's ids of both. */
async function open(keys?: string[]) {
  const clock = new VirtualClock();
  const options = { clock, history: { events: 3 }, ...(keys === undefined ? {} : { keys }) };
  const channels = ["a", "b"].map((name) => new Channel<Record<string, unknown>>(name, options));
  const errors: unknown[] = [];
  const ids: string[] = [];
  for (const channel of channels) {
    channel.addEventListener("error", ({ error }) => errors.push(error));
    for (const number of [1, 2, 3, 4]) await channel.publish("word", `${channel.name}${number}`);
    const reader = new ScriptedReader(clock);
    await channel.subscribe(reader.target, { lease: { principal: "ann" } }).ready;
    for (const number of [5, 6]) await channel.publish("word", `${channel.name}${number}`);
    clock.advance(0);
    reader.read();
    ids.push(reader.lastEventId);
    reader.sink.leave();
  }
  const follow = async (lastEventId: string, followed = channels) => {
    const reader = new ScriptedReader(clock, { lastEventId });
    const lease = { principal: "ann" };
    const subscriptions = followed.map((channel) => channel.subscribe(reader.target, { lease }));
    const outcomes = await Promise.all(subscriptions.map(({ ready }) => ready));
    clock.advance(0);
    clock.advance(0);
    reader.read();
    reader.sink.leave();
    return { reader, outcomes };
  };
  return { channels, errors, ids, follow };
}

const number = fc.oneof(fc.nat(12), fc.maxSafeNat());
/** Changes of one position of a good id. */
const change = fc.oneof(
  fc.record({ offset: number }),
  fc.record({ epoch: fc.constantFrom("e", "other-ep", "_".repeat(60)) }),
  fc.record({ start: number }),
  fc.record({ proof: fc.constantFrom("x", "A".repeat(43)) }),
  fc.record({ tag: fc.constantFrom("tag4", "____") }),
  fc.constant({ start: undefined }),
);

for (const keys of [undefined, ["secret"]]) {
  test(`no id makes anything throw, or tells a lie of what is missing: ${keys ? "signed" : "plain"}`, async () => {
    const { channels, errors, ids, follow } = await open(keys);
    const places = ids.flatMap((id) => EventId.parse(id)?.positions ?? []);
    const forged = fc
      .array(fc.tuple(fc.nat(places.length - 1), fc.array(change, { maxLength: 2 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) =>
        new EventId(
          parts.map(([at, changes]) => Object.assign({ ...places[at] }, ...changes) as ChannelPosition),
        ).toString(),
      );
    const texts = fc.oneof(
      forged,
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.constant("~".repeat(9000)),
    );
    const property = fc.asyncProperty(texts, async (id) => {
      const { reader, outcomes } = await follow(id);
      for (const [at, { name }] of channels.entries()) {
        const words = reader.events.flatMap(({ type, data }) =>
          type === "word" && data.startsWith(name) ? [Number(data.slice(1))] : [],
        );
        // What follows is a tail of the history, without a hole; who may go back to its start goes no further.
        assert.deepEqual(
          words,
          words.map((_, index) => 7 - words.length + index),
        );
        assert.ok(words.length <= (keys === undefined ? 3 : 2), `${words}`);
        const notices = reader.events.filter(
          ({ type, data }) => type !== "word" && JSON.parse(data).channel === name,
        );
        const isLoss = outcomes[at] === "gap" || outcomes[at] === "reset";
        assert.deepEqual(
          notices.map(({ type }) => type),
          isLoss ? [outcomes[at]] : [],
        );
        if (outcomes[at] === "gap") assert.equal(words.length, 3);
      }
    });
    await fc.assert(property, { numRuns: 300 });
    assert.deepEqual(errors, []);
  });
}

test("with keys, an id is good for its channel and for whom it was given to", async () => {
  const { channels, ids, follow } = await open(["secret"]);
  const [a, b] = channels;
  const [ofA = "", ofB = ""] = ids;
  const placeOf = (id: string) => EventId.parse(id)?.positions[0] as ChannelPosition;
  const place = placeOf(ofA);
  assert.deepEqual((await follow(ofA)).outcomes, ["resumed", "new"]);
  assert.deepEqual((await follow(`${ofA}~${ofB}`)).outcomes, ["resumed", "resumed"]);
  const { tag, epoch } = placeOf(ofB);
  const moved = new EventId([{ ...place, tag, epoch }]).toString();
  assert.deepEqual((await follow(moved, b === undefined ? [] : [b])).outcomes, ["reset"]);
  const earlier = new EventId([{ ...place, offset: (place.start ?? 0) - 1 }]).toString();
  assert.deepEqual((await follow(earlier, a === undefined ? [] : [a])).outcomes, ["reset"]);
});

test("an id from before there were keys is a reset, that shows no more than coming new", async () => {
  const { follow } = await open(["secret"]);
  const { ids } = await open();
  const { reader, outcomes } = await follow(ids[0] ?? "");
  assert.equal(outcomes[0], "reset");
  assert.deepEqual(
    reader.events.map(({ type }) => type),
    ["reset"],
  );
});
