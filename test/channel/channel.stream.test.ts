import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { ChannelOptions } from "../../src/channel/channel-options.ts";
import type { LeaseAnswer } from "../../src/channel/lease.ts";
import { HttpError } from "../../src/http/http-error.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { defer } from "../support/deferred.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

interface User {
  name: string;
}

function open(options: ChannelOptions<Record<string, unknown>, User> = {}) {
  const clock = new VirtualClock();
  const channel = new Channel<Record<string, unknown>, User>("news", {
    clock,
    random: () => 0.5,
    ...options,
  });
  const errors: unknown[] = [];
  channel.addEventListener("error", ({ error }) => errors.push(error));
  const ask = (name: string) => {
    const reader = new ScriptedReader(clock);
    const sent: unknown[] = [];
    const sendEvents = (given: unknown) => {
      sent.push(given);
      return reader.target;
    };
    return { reader, sent, context: { name, sendEvents } };
  };
  return { clock, channel, errors, ask };
}

test("a request is answered by a stream that follows, with the options of each", async () => {
  const { clock, channel, ask } = open();
  await channel.publish("a", 1);
  const { reader, sent, context } = ask("ann");
  await channel.stream(context, { since: "earliest", map: ({ data }) => [data], retry: 70 });
  clock.advance(0);
  assert.deepEqual(sent, [{ retry: 70 }]);
  assert.equal(reader.read()[0]?.data, "[1]");
});

test("who has no right gets a 403 before anything was sent", async () => {
  const { channel, ask } = open({ authorize: ({ name }, asked) => asked === "news" && name === "ann" });
  const bob = ask("bob");
  await assert.rejects(channel.stream(bob.context), (error) => {
    assert.ok(error instanceof HttpError);
    assert.equal(error.status, 403);
    return true;
  });
  assert.deepEqual(bob.sent, []);
  assert.equal((await channel.stream(ask("ann").context)).principal, "");
});

test("what authorize throws is whose request it was", async () => {
  const { channel, errors, ask } = open({ authorize: () => Promise.reject(new Error("no database")) });
  const { sent, context } = ask("ann");
  await assert.rejects(channel.stream(context), /no database/);
  assert.deepEqual([sent, errors], [[], []]);
});

test("a closed channel sends its readers away to come back", async () => {
  const { channel, ask } = open({ retryMs: [100, 300] });
  await channel.close();
  const { reader, context } = ask("ann");
  const subscription = await channel.stream(context);
  reader.read();
  assert.deepEqual([subscription.closed, reader.target.closeReason], [true, "shutdown"]);
  assert.equal(reader.retryMs, 200);
});

test("a target is asked for when it subscribes, and is sent nothing until the answer", async () => {
  const answer = defer<LeaseAnswer>();
  const { clock, channel } = open({ authorize: () => answer.promise });
  const reader = new ScriptedReader(clock);
  const subscription = channel.subscribe(reader.target, { context: { name: "ann" } });
  await channel.publish("a", "secret until then");
  clock.advance(0);
  reader.read();
  assert.deepEqual([reader.events, reader.comments, subscription.outcome], [[], [""], undefined]);
  answer.resolve({ principal: "ann" });
  assert.equal(await subscription.ready, "new");
  assert.equal(subscription.principal, "ann");
  await channel.publish("a", "for ann");
  clock.advance(0);
  assert.deepEqual(
    reader.read().map(({ data }) => data),
    ["for ann"],
  );
});

test("a target without the right is closed, and leaves nothing", async () => {
  for (const refusal of [false, null, undefined]) {
    const { clock, channel } = open({ authorize: () => refusal });
    const reader = new ScriptedReader(clock);
    const subscription = channel.subscribe(reader.target, { context: { name: "bob" } });
    assert.equal(await subscription.ready, undefined);
    reader.read();
    assert.deepEqual([reader.target.closeReason, channel.size, clock.timers], ["denied", 0, 0]);
  }
});

test("a target whose right can't be found out is closed, and the channel tells why", async () => {
  const { clock, channel, errors } = open({ authorize: () => "yes" as unknown as LeaseAnswer });
  const reader = new ScriptedReader(clock);
  await channel.subscribe(reader.target, { context: { name: "ann" } }).ready;
  assert.equal(reader.target.closeReason, "error");
  assert.match(String(errors), /^TypeError: Cannot take a string for a lease/);
});

test("a subscription that is closed before the answer leaves its target alone", async () => {
  const answer = defer<LeaseAnswer>();
  const { clock, channel } = open({ authorize: () => answer.promise });
  const reader = new ScriptedReader(clock);
  const subscription = channel.subscribe(reader.target, { context: { name: "ann" } });
  await subscription.close();
  answer.resolve(false);
  await answer.promise;
  await Promise.resolve();
  assert.equal(reader.target.closed, false);
});

test("who wants neither a context nor a lease is a mistake", () => {
  const { clock, channel } = open({ authorize: () => true });
  assert.throws(
    () => channel.subscribe(new ScriptedReader(clock).target),
    new TypeError('Cannot subscribe to channel "news": it wants a context or a lease'),
  );
  assert.equal(channel.size, 0);
});

test("kick ends those whom it is for, and says why", () => {
  const { clock, channel } = open();
  const readers = [new ScriptedReader(clock), new ScriptedReader(clock)] as const;
  for (const { target } of readers) channel.subscribe(target);
  const cause = new Error("banned");
  const { signal } = readers[0].target;
  assert.equal(
    channel.kick(({ target }) => target === readers[0].target, cause),
    1,
  );
  assert.deepEqual([readers[0].target.closeReason, readers[1].target.closed], ["kick", false]);
  assert.equal(signal.reason.cause, cause);
  assert.deepEqual([...channel.subscriptions].length, 1);
});
