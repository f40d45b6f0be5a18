import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import type { IORedisClient, RedisClient } from "../../src/brokers/redis-client.ts";
import { connectRedis } from "../../src/brokers/redis-connections.ts";

/** A client of `ioredis` without a server, and its copies. */
class FakeIORedis extends EventEmitter {
  status = "ready";
  readonly called: string[][] = [];
  readonly copies: FakeIORedis[] = [];

  async call(...words: string[]): Promise<unknown> {
    this.called.push(words);
    return "answer";
  }

  duplicate(): FakeIORedis {
    const copy = new FakeIORedis();
    this.copies.push(copy);
    return copy;
  }

  async subscribe(channel: string): Promise<void> {
    this.called.push(["subscribe", channel]);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.called.push(["unsubscribe", channel]);
  }

  disconnect(): void {
    this.status = "end";
  }
}

function connect() {
  const client = new FakeIORedis();
  const heard: unknown[] = [];
  const connections = connectRedis(client as unknown as IORedisClient, {
    onMessage: (channel, message) => heard.push([channel, message]),
    onReady: () => heard.push("ready"),
    onError: (error) => heard.push(error),
  });
  return { client, connections, heard };
}

test("what is no client of either package is refused", () => {
  const listener = { onMessage: () => undefined, onReady: () => undefined, onError: () => undefined };
  for (const client of [undefined, null, {}, "redis://localhost", { call() {} }]) {
    assert.throws(
      () => connectRedis(client as unknown as RedisClient, listener),
      new TypeError(
        "Cannot make a Redis broker of the client: it is neither of the package redis nor of ioredis",
      ),
    );
  }
});

test("one copy subscribes, however many channels", async () => {
  const { client, connections } = connect();
  assert.equal(client.copies.length, 0);
  await connections.subscribe("a", false);
  await connections.subscribe("b", false);
  assert.deepEqual(client.copies[0]?.called, [
    ["subscribe", "a"],
    ["subscribe", "b"],
  ]);
  assert.equal(client.copies.length, 1);
  assert.deepEqual(client.called, []);
});

test("messages, readiness and errors of both connections are heard", async () => {
  const { client, connections, heard } = connect();
  await connections.subscribe("a", false);
  const error = new Error("away");
  client.emit("error", error);
  client.copies[0]?.emit("error", error);
  client.copies[0]?.emit("message", "a", "hello");
  client.copies[0]?.emit("ready");
  assert.deepEqual(heard, [error, error, ["a", "hello"], "ready"]);
});

test("it is connected when both connections are, and closing ends the copy alone", async () => {
  const { client, connections } = connect();
  assert.equal(connections.connected, true);
  await connections.subscribe("a", false);
  const [copy] = client.copies as [FakeIORedis];
  copy.status = "reconnecting";
  assert.equal(connections.connected, false);
  copy.status = "ready";
  connections.close();
  assert.deepEqual([copy.status, client.status], ["end", "ready"]);
});
