import assert from "node:assert/strict";
import { test } from "node:test";
import { recordToJson } from "../../src/brokers/event-json.ts";
import type { NatsConsumer, NatsMessage } from "../../src/brokers/nats-client.ts";
import { NatsLog, type NatsLogHost, type NatsLook } from "../../src/brokers/nats-log.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

const encoder = new TextEncoder();

/** A log whose stream has these messages of its subject, and looks like this. */
function open(look: NatsLook, sequences: number[] = []) {
  const told: unknown[] = [];
  const consumed: number[] = [];
  const host: NatsLogHost = {
    append: async () => ({ epoch: look.epoch, offset: 1 }),
    look: async () => look,
    consume: async (_subject, after) => {
      consumed.push(after);
      return consumerOf(sequences.filter((sequence) => sequence > after));
    },
    followed: () => undefined,
    unfollowed: () => undefined,
    tell: (error) => told.push(error),
  };
  const limits = { events: 10, bytes: 1000, ageMs: 1000 };
  const log = new NatsLog(host, "s.a", { limits, clock: new VirtualClock(), tag: "tag4" });
  const read = async (offset: number, epoch = look.epoch) => {
    const page = await log.read({ epoch, offset }, 100);
    return { from: page.from, offsets: page.events.map((event) => event.offset) };
  };
  return { log, read, told, consumed };
}

function consumerOf(sequences: number[]): NatsConsumer {
  const data = encoder.encode(recordToJson({ type: "message", data: "", json: false }));
  const messages = {
    async *[Symbol.asyncIterator](): AsyncGenerator<NatsMessage> {
      for (const seq of sequences) yield { seq, data: seq === 13 ? encoder.encode("foreign") : data };
    },
    close: async () => undefined,
    status: async function* () {},
  };
  return {
    consume: async () => messages,
    fetch: async () => messages,
    info: async () => ({ num_pending: sequences.length }),
    delete: async () => true,
  };
}

test("the head is the newest message of the subject, or where the stream begins", async () => {
  assert.deepEqual(await open({ epoch: "e", first: 3, newest: 9 }).log.head(), { epoch: "e", offset: 9 });
  assert.deepEqual(await open({ epoch: "e", first: 3, newest: 0 }).log.head(), { epoch: "e", offset: 2 });
  assert.deepEqual(await open({ epoch: "e", first: 0, newest: 0 }).log.head(), { epoch: "e", offset: 0 });
});

test("messages of other subjects between are no hole", async () => {
  const { read } = open({ epoch: "e", first: 1, newest: 20 }, [4, 9, 20]);
  assert.deepEqual(await read(4), { from: 4, offsets: [9, 20] });
});

test("who has seen the newest misses nothing, wherever the stream begins", async () => {
  const { read, consumed } = open({ epoch: "e", first: 500, newest: 20 });
  assert.deepEqual(await read(20), { from: 20, offsets: [] });
  assert.deepEqual(consumed, []);
});

test("what came before the stream's beginning may be lost, and is told as a hole", async () => {
  assert.deepEqual(await open({ epoch: "e", first: 10, newest: 20 }, [12, 20]).read(4), {
    from: 9,
    offsets: [12, 20],
  });
  assert.deepEqual(await open({ epoch: "e", first: 10, newest: 0 }).read(4), { from: 9, offsets: [] });
});

test("after a place of another stream it reads from the beginning", async () => {
  assert.deepEqual(await open({ epoch: "e", first: 1, newest: 2 }, [1, 2]).read(50, "old"), {
    from: 0,
    offsets: [1, 2],
  });
});

test("messages of others are left out, and told", async () => {
  const { read, told } = open({ epoch: "e", first: 1, newest: 14 }, [12, 13, 14]);
  assert.deepEqual(await read(2), { from: 2, offsets: [12, 14] });
  assert.equal(told.length, 1);
});

test("it is followed from its end, by a consumer of what comes after", async () => {
  const { log, consumed } = open({ epoch: "e", first: 1, newest: 7 });
  const following = log.follow(() => undefined);
  assert.equal((await following.opened).head, 7);
  await Promise.resolve();
  assert.deepEqual(consumed, [7]);
  following.close();
});
