import assert from "node:assert/strict";
import { test } from "node:test";
import type { Broker, BrokerLog } from "../../src/channel/broker.ts";
import type { EventRecord } from "../../src/channel/event-record.ts";
import { MemoryBroker } from "../../src/channel/memory-broker.ts";
import { brokerContract } from "../../src/testing/broker-contract.ts";

/** Two nodes in one process are one broker. */
function sharing(wrap: (broker: Broker) => Broker = (broker) => broker) {
  let made: Broker | undefined;
  return async () => {
    const broker = made ?? wrap(new MemoryBroker());
    made = made === undefined ? broker : undefined;
    return { broker, end: () => broker.close() };
  };
}

for (const { name, run } of brokerContract(sharing())) test(`MemoryBroker: ${name}`, run);

/** What a broker may do wrong, as a change of its logs. */
const FAULTS: Record<string, (log: BrokerLog) => Partial<BrokerLog>> = {
  "doubles events": (log) => ({
    append: async (record: EventRecord) => {
      await log.append(record);
      return log.append(record);
    },
  }),
  "loses an event": (log) => ({
    append: async (record: EventRecord) => (record.data === "1" ? log.head() : log.append(record)),
  }),
  "drops keys": (log) => ({ append: ({ key: _, ...record }: EventRecord) => log.append(record) }),
  "forgets idempotency": (log) => ({ append: (record: EventRecord) => log.append(record) }),
  "answers too early": (log) => ({
    append: async (record: EventRecord) => {
      const head = await log.head();
      setTimeout(() => log.append(record).catch(() => undefined), 5);
      return { ...head, offset: head.offset + 1 };
    },
  }),
};

for (const [fault, change] of Object.entries(FAULTS)) {
  test(`the contract finds a broker that ${fault}`, async () => {
    const wrap = (broker: Broker): Broker => ({
      status: broker.status,
      close: () => broker.close(),
      open: (channel, options) => {
        const log = broker.open(channel, options);
        return {
          head: () => log.head(),
          follow: log.follow.bind(log),
          append: log.append.bind(log),
          ...change(log),
        };
      },
    });
    const outcomes = await Promise.allSettled(
      brokerContract(sharing(wrap), { patienceMs: 200 }).map(({ run }) => run()),
    );
    const found = outcomes.filter(({ status }) => status === "rejected");
    assert.ok(found.length > 0, "no check failed");
  });
}
