/**
 * What every {@linkcode Broker} must do, as a list of checks for any test framework.
 *
 * @example
 * ```ts
 * for (const { name, run } of brokerContract(openNode)) test(`MyBroker: ${name}`, run);
 * ```
 *
 * @module
 */

import type { Broker, BrokerLog, Following } from "../channel/broker.ts";
import { channelTag, type LogPosition } from "../channel/event-id.ts";
import type { EventLog } from "../channel/event-log.ts";
import type { EventRecord } from "../channel/event-record.ts";
import { systemClock } from "../sse/clock.ts";
import type { ContractCheck, ContractOptions } from "./byte-sink-contract.ts";

/** A broker under test, and what is to be done when the check is over. */
export interface BrokerUnderTest {
  broker: Broker;
  /** Ends the broker and its connections. */
  end(): Promise<void>;
}

const LIMITS = { events: 500, bytes: 4 * 1024 * 1024, ageMs: 600_000 };

/**
 * Gives the checks. `make` is called twice by each: for two nodes that share what the broker keeps, which are one broker
 * where it lives in one process.
 */
export function brokerContract(
  make: () => Promise<BrokerUnderTest>,
  { patienceMs = 10_000 }: ContractOptions = {},
): ContractCheck[] {
  const checks: [name: string, check: (nodes: Nodes) => Promise<void>][] = [
    ["every follower sees each event once, in the order of the log", checkOrder],
    ["an event is in the log once its append has resolved", checkDurable],
    ["calls made one after another keep their order", checkCallOrder],
    ["a record is what it was, whatever it holds", checkRecords],
    ["logs of other channels don't mix", checkApart],
    ["offsets rise, and the head is the newest", checkHead],
    ["who stops following hears nothing more", checkUnfollow],
    ["one idempotency key appends once", checkOnce],
    ["an event larger than the log is refused, or is told as a hole", checkTooLarge],
    ["the past is read in pages, each event once", checkPast],
  ];
  return checks.map(([name, check]) => ({
    name,
    run: async () => {
      const nodes = new Nodes(await make(), await make(), patienceMs);
      try {
        await check(nodes);
      } finally {
        await nodes.end();
      }
    },
  }));
}

/** Two nodes, and a channel's name that no other check has. */
class Nodes {
  readonly channel = `contract ${crypto.randomUUID()}`;
  readonly #made: readonly BrokerUnderTest[];
  readonly #patienceMs: number;
  readonly #followings: Following[] = [];

  constructor(one: BrokerUnderTest, other: BrokerUnderTest, patienceMs: number) {
    this.#made = [one, other];
    this.#patienceMs = patienceMs;
  }

  /** The log of a channel as a node sees it. */
  open(node: 0 | 1, channel = this.channel, limits: Partial<typeof LIMITS> = {}): BrokerLog {
    const { broker } = this.#made[node] as BrokerUnderTest;
    return broker.open(channel, {
      tag: channelTag(channel),
      limits: { ...LIMITS, ...limits },
      clock: systemClock,
    });
  }

  /** Follows a log from its present end on. */
  async follow(log: BrokerLog): Promise<Followed> {
    const following = log.follow(() => undefined);
    this.#followings.push(following);
    return new Followed(await following.opened, following);
  }

  async eventually(promise: string, holds: () => boolean): Promise<void> {
    const end = systemClock.now() + this.#patienceMs;
    while (!holds()) {
      if (systemClock.now() > end) throw new Error(`The broker did not keep this: ${promise}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async end(): Promise<void> {
    for (const following of this.#followings) following.close();
    for (const { end } of this.#made) await end();
  }
}

/** What a follower has in memory since it began. */
class Followed {
  readonly log: EventLog;
  readonly following: Following;
  readonly #from: number;

  constructor(log: EventLog, following: Following) {
    this.log = log;
    this.following = following;
    this.#from = log.head;
  }

  get data(): unknown[] {
    const data: unknown[] = [];
    for (let at = Math.max(this.log.after(this.#from), this.log.first); at < this.log.next; at++) {
      data.push(this.log.at(at).event.data);
    }
    return data;
  }
}

async function checkOrder(nodes: Nodes): Promise<void> {
  const logs = [nodes.open(0), nodes.open(1)] as const;
  const followed = [await nodes.follow(logs[0]), await nodes.follow(logs[1])];
  await Promise.all(counted(100).flatMap((number) => logs.map((log) => log.append(record(number)))));
  const isComplete = () => followed.every(({ data }) => data.length >= 200);
  await nodes.eventually("every follower sees all", isComplete);
  const [one, other] = followed.map(({ data }) => data.join());
  demand("all followers see one order", one === other);
  demand("each event is seen once", followed[0]?.data.length === 200);
}

async function checkDurable(nodes: Nodes): Promise<void> {
  const position = await nodes.open(0).append(record("kept"));
  const head = await nodes.open(1).head();
  demand("the other node knows the event", head.offset >= position.offset && head.epoch === position.epoch);
}

async function checkCallOrder(nodes: Nodes): Promise<void> {
  const log = nodes.open(0);
  const followed = await nodes.follow(nodes.open(1));
  const positions = await Promise.all(counted(200).map((number) => log.append(record(number))));
  demand("offsets rise from call to call", rises(positions));
  await nodes.eventually("all arrive", () => followed.data.length === 200);
  demand("they arrive in the order of the calls", followed.data.join() === counted(200).join());
}

async function checkRecords(nodes: Nodes): Promise<void> {
  const log = nodes.open(0);
  const followed = await nodes.follow(nodes.open(1));
  const records: EventRecord[] = [
    { type: "message", data: "", json: false },
    { type: "ünï ☃ 🎈", data: "two\nlines\r\nand \u2028 more 🎈", json: false, key: "a key ☃" },
    { type: "json", data: '{"a":[1,"two",null]}', json: true },
    { type: "text", data: '{"a":1}', json: false, key: "0" },
    { type: "large", data: "x".repeat(300_000), json: false },
  ];
  for (const each of records) await log.append(each);
  await nodes.eventually("all arrive", () => followed.data.length === records.length);
  for (const [at, each] of records.entries()) {
    const { event } = followed.log.at(followed.log.next - records.length + at);
    const data = each.json ? JSON.stringify(event.data) : event.data;
    demand("the type is what it was", event.type === each.type);
    demand("the data is what it was", data === each.data.replaceAll("\r\n", "\n"));
    demand("the key is what it was", event.key === each.key);
  }
}

async function checkApart(nodes: Nodes): Promise<void> {
  const names = ["a", "a.b", "A", "a b", "{a}", "ä"].map((name) => `${nodes.channel} ${name}`);
  const followed = await Promise.all(names.map((name) => nodes.follow(nodes.open(1, name))));
  await Promise.all(names.map((name) => nodes.open(0, name).append(record(name))));
  await nodes.eventually("each arrives", () => followed.every(({ data }) => data.length > 0));
  for (const [at, { data }] of followed.entries()) {
    demand("a channel has its own events alone", data.join() === names[at]);
  }
}

async function checkHead(nodes: Nodes): Promise<void> {
  const log = nodes.open(0);
  const before = await log.head();
  const positions = [await log.append(record(1)), await nodes.open(1).append(record(2))];
  const head = await log.head();
  demand("offsets rise", rises([before, ...positions]));
  demand(
    "all have one epoch",
    positions.every(({ epoch }) => epoch === before.epoch),
  );
  demand("the head is the newest", head.offset === positions[1]?.offset && head.epoch === before.epoch);
}

async function checkUnfollow(nodes: Nodes): Promise<void> {
  const log = nodes.open(0);
  let calls = 0;
  const following = log.follow(() => calls++);
  await following.opened;
  const other = await nodes.follow(nodes.open(1));
  await log.append(record("heard"));
  await nodes.eventually("a follower is called", () => calls > 0);
  following.close();
  calls = 0;
  await log.append(record("not heard"));
  await nodes.eventually("the other one still follows", () => other.data.length === 2);
  demand("who stopped is not called", calls === 0);
}

async function checkOnce(nodes: Nodes): Promise<void> {
  const followed = await nodes.follow(nodes.open(0));
  const first = await nodes.open(0).append(record("one"), { idempotencyKey: "key" });
  const again = await nodes.open(1).append(record("one"), { idempotencyKey: "key" });
  const other = await nodes.open(1).append(record("end"), { idempotencyKey: "other" });
  demand("the place of the first is given", again.offset === first.offset && again.epoch === first.epoch);
  demand("another key appends", other.offset > first.offset);
  await nodes.eventually("both arrive", () => followed.data.at(-1) === "end");
  demand("it is in the log once", followed.data.join() === "one,end");
}

async function checkTooLarge(nodes: Nodes): Promise<void> {
  const limits = { bytes: 1000 };
  const log = nodes.open(0, nodes.channel, limits);
  const followed = await nodes.follow(log);
  const refused = await log.append(record("x".repeat(2000))).then(
    () => false,
    (error) => error instanceof Error,
  );
  await log.append(record("end"));
  await nodes.eventually("what comes after arrives", () => followed.data.at(-1) === "end");
  const hole = followed.log.floor > 0;
  demand("it is refused with an error, or its readers can tell", refused || hole);
}

async function checkPast(nodes: Nodes): Promise<void> {
  const log = nodes.open(0);
  if (log.read === undefined) return;
  const begin = await log.head();
  for (const number of counted(50)) await log.append(record(number));
  const seen: string[] = [];
  let place: LogPosition = begin;
  for (;;) {
    const page = await log.read(place, 7);
    demand(
      "a page is of the same life, without a hole",
      page.epoch === begin.epoch && page.from <= place.offset,
    );
    demand("a page is not longer than was asked", page.events.length <= 7);
    const last = page.events.at(-1);
    if (last === undefined) break;
    seen.push(...page.events.map((event) => event.record.data));
    place = { epoch: page.epoch, offset: last.offset };
  }
  demand("all are there, once, in order", seen.join() === counted(50).join());
  const elsewhere = await log.read({ epoch: "another", offset: 7 }, 100);
  demand("after a place of another life all is read", elsewhere.events.length >= 50);
}

function counted(end: number): number[] {
  return Array.from({ length: end }, (_, at) => at);
}

function record(data: unknown): EventRecord {
  return { type: "message", data: String(data), json: false };
}

function rises(positions: readonly LogPosition[]): boolean {
  return positions.every(({ offset }, at) => at === 0 || offset > (positions[at - 1]?.offset ?? 0));
}

function demand(promise: string, holds: boolean): void {
  if (!holds) throw new Error(`The broker did not keep this: ${promise}`);
}
