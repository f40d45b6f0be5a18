import assert from "node:assert/strict";
import { test } from "node:test";
import type { NatsManager, NatsStreamInfo } from "../../src/brokers/nats-client.ts";
import { NatsStreamLife } from "../../src/brokers/nats-stream-life.ts";

/** A stream whose messages are the times at which it took them. */
class FakeStream {
  created = "2026-11-23T10:00:00.123456789Z";
  description: string | undefined;
  times: number[] = [];
  /** What happens while it is asked how it is. */
  meanwhile = () => {};
  updates = 0;
  asked = 0;

  get streams(): NatsManager["streams"] {
    return {
      info: async () => {
        const info = this.#info();
        this.meanwhile();
        return info;
      },
      add: async () => this.#info(),
      update: async (name, { description }) => {
        assert.equal(name, "S");
        this.updates++;
        this.description = description;
        return this.#info();
      },
      getMessage: async (_name, query) => {
        this.asked++;
        const seq = "seq" in query ? query.seq : 0;
        const time = this.times[seq - 1];
        return time === undefined ? null : { seq, time: new Date(time) };
      },
    };
  }

  #info(): NatsStreamInfo {
    return {
      created: this.created,
      config: { name: "S", ...(this.description !== undefined && { description: this.description }) },
      state: {
        first_seq: 1,
        last_seq: this.times.length,
        last_ts: new Date(this.times.at(-1) ?? 0).toISOString(),
      },
    };
  }
}

async function open(times: number[]) {
  const stream = new FakeStream();
  stream.times = times;
  const life = new NatsStreamLife("S");
  const look = () => life.look(stream.streams);
  await look();
  return { stream, life, look, first: life.epoch };
}

test("a life is named by when the stream was made, and stays while nothing is lost", async () => {
  const { stream, life, look, first } = await open([10, 20]);
  assert.match(first, /^[0-9a-z]+$/);
  stream.times.push(30);
  life.doubt();
  await look();
  assert.equal(life.epoch, first);
  stream.created = "2026-11-23T10:00:00.12345679Z";
  await look();
  assert.notEqual(life.epoch, first);
  assert.equal(stream.updates, 0);
});

test("a stream that ends before what is known of begins a new life, which its description counts", async () => {
  const { stream, life, look, first } = await open([10, 20, 30]);
  stream.times.length = 2;
  await look();
  assert.equal(life.epoch, `${first}-1`);
  assert.equal(stream.description, "dodona life 1");
  await look();
  assert.equal(stream.updates, 1, "what is known of the old life says nothing of the new one");
  stream.description = "of the shop dodona life 9";
  await look();
  assert.equal(life.epoch, `${first}-9`);
  stream.times.length = 1;
  await look();
  assert.equal(stream.description, "of the shop dodona life 10");
});

test("after an absence a message that has taken the place of another begins a new life", async () => {
  for (const known of ["looked at", "heard of", "published and heard of"]) {
    const { stream, life, look, first } = await open([10, 20]);
    if (known === "looked at") {
      stream.times.push(30);
      await look();
    } else {
      if (known !== "heard of") life.note({ seq: 3 }, first);
      assert.ok(life.note({ seq: 3, time: new Date(31) }, first));
    }
    stream.times = [10, 20, 300, 310];
    life.doubt();
    assert.equal(
      life.note({ seq: 4, time: new Date(310) }, first),
      false,
      "it is not sure to be of this life",
    );
    await look();
    assert.equal(life.epoch, `${first}-1`, known);
    assert.equal(life.note({ seq: 5, time: new Date(320) }, first), false, "it is of the old life");
    assert.ok(life.note({ seq: 5, time: new Date(320) }, life.epoch));
  }
});

test("a message that was dropped since says nothing, and without an absence none is asked for", async () => {
  const { stream, life, look, first } = await open([10, 20]);
  stream.times.push(30);
  await look();
  assert.equal(stream.asked, 0);
  stream.times = [10, 20, Number.NaN, 40];
  delete stream.times[2];
  life.doubt();
  await look();
  assert.equal(stream.asked, 1);
  assert.equal(life.epoch, first);
});

test("what comes while the stream is asked is no part of the answer, and lost by nobody", async () => {
  const { stream, life, look, first } = await open([10, 20]);
  stream.meanwhile = () => life.note({ seq: 3, time: new Date(30) }, first);
  await look();
  assert.equal(life.epoch, first);
});

test("an absence that begins during a look is looked into by the next one", async () => {
  const { stream, life, look, first } = await open([10, 20]);
  life.doubt();
  stream.meanwhile = () => life.doubt();
  await look();
  assert.equal(life.note({ seq: 3 }, first), false);
  stream.meanwhile = () => {};
  stream.times = [10, 200];
  await look();
  assert.equal(life.epoch, `${first}-1`);
});

test("of several looks at a time one begins a life, whichever is answered first", async () => {
  const { stream, life, first } = await open([10, 20, 30]);
  const { streams } = stream;
  /** Answers, each to be given when the test wants it. */
  const answers: (() => void)[] = [];
  const info = (name: string) =>
    new Promise<NatsStreamInfo>((resolve) => {
      const answer = streams.info(name);
      answers.push(() => resolve(answer));
    });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 1));
  stream.times.length = 1;
  const early = life.look({ ...streams, info });
  const late = life.look({ ...streams, info });
  answers[1]?.();
  await late;
  assert.equal(life.epoch, `${first}-1`);
  // What was known of the old life is not held against the new one, nor does its late answer bring it back.
  const other = life.look({ ...streams, info });
  answers[0]?.();
  await settle();
  assert.equal(life.epoch, `${first}-1`);
  for (const answer of answers) answer();
  await settle();
  for (const answer of answers) answer();
  await Promise.all([early, other]);
  assert.equal(life.epoch, `${first}-1`);
  assert.equal(stream.updates, 1);
});

test("a life that others began while a look was under way is taken as it is", async () => {
  const { stream, life, look, first } = await open([10, 20, 30]);
  const { streams } = stream;
  let answer = () => {};
  const info = async (name: string) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return streams.info(name);
  };
  const slow = life.look({ ...streams, info });
  stream.times.length = 1;
  stream.description = "dodona life 1";
  await look();
  answer();
  await slow;
  assert.equal(life.epoch, `${first}-1`);
  assert.equal(stream.updates, 0, "what was known before is of the old life");
});
