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
  /** Whether the server answers, and whether the stream is sure to be the one that was looked at. */
  const server = { answers: true, isSure: true };
  const callbacks: ((message: NatsMessage) => void)[] = [];
  const host: NatsLogHost = {
    append: async () => ({ epoch: look.epoch, offset: 1 }),
    look: async () => {
      if (!server.answers) throw new Error("away");
      return { ...look, newest: sequences.at(-1) ?? look.newest };
    },
    consume: async (_subject, after) => {
      consumed.push(after);
      return consumerOf(
        sequences.filter((sequence) => sequence > after),
        callbacks,
      );
    },
    heard: () => server.isSure,
    unlessLost: (asked) => asked,
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
  const bring = (seq: number) => {
    sequences.push(seq);
    callbacks.at(-1)?.(messageOf(seq));
  };
  return { log, read, told, consumed, server, bring };
}

function messageOf(seq: number): NatsMessage {
  const json = recordToJson({ type: "message", data: "", json: false });
  return { seq, time: new Date(seq), data: encoder.encode(seq === 13 ? "foreign" : json) };
}

function consumerOf(sequences: number[], callbacks: ((message: NatsMessage) => void)[]): NatsConsumer {
  const messages = {
    async *[Symbol.asyncIterator](): AsyncGenerator<NatsMessage> {
      for (const seq of sequences) yield messageOf(seq);
    },
    close: async () => undefined,
    status: async function* () {},
  };
  return {
    consume: async ({ callback }) => {
      callbacks.push(callback);
      return messages;
    },
    fetch: async () => messages,
    info: async () => ({ num_pending: sequences.length }),
    delete: async () => true,
  };
}

/** A log that somebody follows, with the offsets that it has in memory. */
async function follow() {
  const opened = open({ epoch: "e", first: 1, newest: 7 });
  const following = opened.log.follow(() => undefined);
  const memory = await following.opened;
  await settle();
  const offsets = () => Array.from({ length: memory.size }, (_, at) => memory.at(memory.first + at).offset);
  return { ...opened, offsets, following };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 1));

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
  const { consumed, bring, offsets, following } = await follow();
  assert.deepEqual(consumed, [7]);
  for (const seq of [9, 12]) bring(seq);
  assert.deepEqual(offsets(), [9, 12]);
  following.close();
});

test("what may be of another life than it says is read, not taken, and before what comes next", async () => {
  for (const isSureAgain of [true, false]) {
    const { server, bring, offsets, following } = await follow();
    server.isSure = false;
    server.answers = false;
    bring(8);
    await settle();
    assert.deepEqual(offsets(), []);
    server.answers = true;
    server.isSure = isSureAgain;
    bring(9);
    await settle();
    assert.deepEqual(offsets(), [8, 9]);
    following.close();
  }
});
