import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "../../src/channel/event-log.ts";
import { SnapshotSource } from "../../src/channel/snapshot-source.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

function open(make: () => unknown, events = 100) {
  const clock = new VirtualClock();
  const limits = { events, bytes: 10_000, ageMs: Number.POSITIVE_INFINITY };
  const log = new EventLog("tag4", { epoch: "e", offset: 0 }, limits, clock);
  const publish = () => log.append(log.head + 1, { type: "a", data: "", json: false });
  return { clock, log, publish, source: new SnapshotSource(make, "state", clock) };
}

const text = (frames: readonly Uint8Array[]) => frames.map((frame) => new TextDecoder().decode(frame));

test("readers of one turn share one call, and those of the next have their own", async () => {
  let calls = 0;
  const { clock, log, source } = open(() => ++calls);
  const first = await source.take(log, 0);
  assert.equal(await source.take(log, 0), first);
  clock.advance(0);
  await source.take(log, 0);
  assert.equal(calls, 2);
});

test("readers share a call for as long as it takes", async () => {
  let finish!: (state: string) => void;
  let calls = 0;
  const { clock, log, source } = open(() => {
    calls++;
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  const taken = [source.take(log, 0)];
  clock.advance(10);
  taken.push(source.take(log, 0));
  finish("late");
  const [one, other] = await Promise.all(taken);
  assert.equal(one, other);
  assert.equal(calls, 1);
});

test("it stands for the log as it was before the call", async () => {
  const parts = { publish: () => undefined as unknown };
  const { log, publish, source } = open(() => parts.publish());
  parts.publish = publish;
  publish();
  const snapshot = await source.take(log, 0);
  assert.deepEqual([snapshot.epoch, snapshot.offset, log.head], ["e", 1, 2]);
});

test("one that is older than its reader, or than the log, is not shared", async () => {
  let calls = 0;
  const { log, publish, source } = open(() => {
    calls++;
    return new Promise(() => undefined);
  }, 2);
  void source.take(log, 0);
  publish();
  void source.take(log, 0);
  assert.equal(calls, 1);
  void source.take(log, 1);
  assert.equal(calls, 2);
  for (let count = 0; count < 5; count++) publish();
  void source.take(log, 0);
  assert.equal(calls, 3);
});

test("a state is one event of its type, and events are sent as they are, none with an id", async () => {
  const one = open(() => ({ a: 1 }));
  assert.deepEqual(text((await one.source.take(one.log, 0)).frames), ['event: state\ndata: {"a":1}\n\n']);
  const several = open(() => [new ServerSentEvent("x", "1", { id: "mine" }), new ServerSentEvent("y", "2")]);
  assert.deepEqual(text((await several.source.take(several.log, 0)).frames), [
    "event: x\ndata: 1\n\n",
    "event: y\ndata: 2\n\n",
  ]);
});

test("a type that no event can have is refused at once", () => {
  assert.throws(
    () => new SnapshotSource(() => 1, "a\nb", new VirtualClock()),
    /^TypeError: Cannot frame event type "a\\nb"/,
  );
});

test("what the function throws is thrown, and it is called again", async () => {
  let calls = 0;
  const { log, source } = open(() => {
    calls++;
    return Promise.reject(new Error("down"));
  });
  await assert.rejects(Promise.resolve(source.take(log, 0)), /down/);
  await assert.rejects(Promise.resolve(source.take(log, 0)), /down/);
  assert.equal(calls, 2);
});
