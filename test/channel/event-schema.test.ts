import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { EventSchemaError, type SchemaResult, type StandardSchema } from "../../src/channel/event-schema.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

function schema<Value>(
  validate: (value: unknown) => SchemaResult<Value> | Promise<SchemaResult<Value>>,
): StandardSchema<Value> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: validate as StandardSchema<Value>["~standard"]["validate"],
    },
  };
}

const cents = schema<number>((value) => {
  if (typeof value === "number") return { value: Math.round(value) };
  return { issues: [{ message: "not a number", path: ["price", { key: "cents" }] }] };
});

test("what a schema gives is what is sent", async () => {
  const clock = new VirtualClock();
  const channel = new Channel("a", { clock, schemas: { cents } });
  const reader = new ScriptedReader(clock);
  channel.subscribe(reader.target);
  await channel.publish("cents", 12.4);
  clock.advance(0);
  assert.equal(reader.read()[0]?.data, "12");
});

test("what it refuses is not published, and the error says what and where", async () => {
  const channel = new Channel("a", { schemas: { cents }, clock: new VirtualClock() });
  const error = await channel.publish("cents", "much" as unknown as number).catch((reason) => reason);
  assert.ok(error instanceof EventSchemaError);
  assert.equal(error.message, 'Cannot publish an event of type "cents": price.cents: not a number');
  assert.equal(error.code, "schema");
  assert.equal(error.issues.length, 1);
  assert.deepEqual([channel.metrics.published, channel.metrics.refused], [0, 1]);
});

test("a schema that takes its time does not change the order", async () => {
  const clock = new VirtualClock();
  let pass!: () => void;
  const waiting = new Promise<void>((resolve) => {
    pass = resolve;
  });
  const slow = schema<string>(async (value) => {
    await waiting;
    return { value: value as string };
  });
  const channel = new Channel<{ slow: string; fast: string }>("a", { clock, schemas: { slow } });
  const reader = new ScriptedReader(clock);
  channel.subscribe(reader.target);
  const published = [
    channel.publish("slow", "1"),
    channel.publish("fast", "2"),
    channel.publish("slow", "3"),
  ];
  pass();
  await Promise.all(published);
  clock.advance(0);
  assert.deepEqual(
    reader.read().map(({ data }) => data),
    ["1", "2", "3"],
  );
});

test("types without a schema, and names of Object's own, are taken as they are", async () => {
  const channel = new Channel<Record<string, unknown>>("a", { clock: new VirtualClock() });
  await channel.publish("toString", 1);
  assert.equal(channel.metrics.published, 1);
});
