import { Channel } from "../../src/channel/channel.ts";
import { channelTag, EventId } from "../../src/channel/event-id.ts";
import type { Subscription } from "../../src/channel/subscription.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import type { DecodedEvent } from "../../src/wire/decode.ts";
import { type Random, SimulationBroker } from "./simulation-broker.ts";
import { SimulationReader } from "./simulation-reader.ts";

/** What a published event says of itself: the how manieth of its channel, in which life. */
interface Said {
  channel: string;
  life: number;
  number: number;
}

/** What a client knows of one channel. */
interface Knowledge {
  /** The last that it has seen, or was told that it has not: what follows is the next. */
  last: Said | undefined;
  unsubscribed: boolean;
}

const STEPS = 120;
const NAMES = ["a", "b", "c"];
const KEYS = ["k", "l"];

/**
 * Runs one interleaving of publishers, readers, stalls, drops, trims and restarts, all decided by the seed. Throws at the
 * first reader that lost an event without being told, or saw one twice or out of order.
 */
export async function simulate(seed: number): Promise<void> {
  const world = new World(seed);
  for (let step = 0; step < STEPS; step++) await world.step();
  await world.settle();
}

class World {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly feeds: Feed[];
  readonly clients: Client[];
  readonly isSigned: boolean;
  broker: SimulationBroker | undefined;
  life = 0;
  readonly #isRemote: boolean;

  constructor(seed: number) {
    this.random = mulberry(seed);
    this.isSigned = this.chance(0.2);
    this.#isRemote = this.chance(0.4);
    this.#newBroker();
    this.feeds = NAMES.slice(0, 1 + this.below(3)).map((name) => new Feed(this, name));
    this.clients = Array.from({ length: 1 + this.below(5) }, (_, at) => new Client(this, at));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  below(end: number): number {
    return Math.floor(this.random() * end);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  async step(): Promise<void> {
    const luck = this.random();
    if (luck < 0.35) this.pick(this.feeds).publishSome();
    else if (luck < 0.5) this.clock.advance(this.chance(0.5) ? 0 : this.below(60));
    else if (luck < 0.53) this.clock.advance(this.below(3000));
    else if (luck < 0.54) this.restart();
    else this.pick(this.clients).act();
    await this.turn();
  }

  /** Lets every promise that can settle do so. */
  async turn(): Promise<void> {
    for (let count = 0; count < 12; count++) await Promise.resolve();
    for (const client of this.clients) client.learn();
  }

  /** The process dies, with all that it had in memory, and another takes its place. */
  restart(): void {
    this.life++;
    for (const client of this.clients) client.drop();
    this.#newBroker();
    for (const feed of this.feeds) feed.open();
  }

  /** All is well again: every client comes back and reads, and must have come to the end. */
  async settle(): Promise<void> {
    const appended = () =>
      this.feeds.every(({ channel, published }) => channel.metrics.published === published);
    for (let round = 0; round < 60; round += appended() ? 1 : 0) {
      for (const client of this.clients) client.readAll();
      this.broker?.check();
      this.clock.advance(25);
      await this.turn();
    }
    for (const client of this.clients) client.checkEnd();
    for (const client of this.clients) client.drop();
    this.clock.advance(0);
    await this.turn();
    for (const { channel, name } of this.feeds) {
      if (channel.size !== 0) throw new Error(`channel ${name} still has ${channel.size} subscriptions`);
    }
  }

  #newBroker(): void {
    const kept = 60 + this.below(200);
    if (this.#isRemote) this.broker = new SimulationBroker(this.clock, this.random, `life${this.life}`, kept);
  }
}

/** One channel, and what was published on it. */
class Feed {
  readonly name: string;
  channel!: Channel;
  /** Of the present life: the key of each event that has one, by its number. */
  keys: (string | undefined)[] = [];
  readonly hasSnapshot: boolean;
  readonly #world: World;
  readonly #options: ConstructorParameters<typeof Channel>[1];
  readonly #snapshotTakesMs: number;

  constructor(world: World, name: string) {
    this.#world = world;
    this.name = name;
    this.hasSnapshot = world.chance(0.3);
    this.#snapshotTakesMs = world.chance(0.5) ? 0 : 30;
    this.#options = {
      history: {
        events: 3 + world.below(30),
        bytes: 2000 + world.below(6000),
        ageMs: world.chance(0.3) ? 2000 : Number.POSITIVE_INFINITY,
      },
      slowReaders: world.pick(["gap", "gap", "latest", "close"]),
      clock: world.clock,
      random: world.random,
    };
    this.open();
  }

  get published(): number {
    return this.keys.length;
  }

  open(): void {
    const { broker, isSigned } = this.#world;
    const keys = isSigned ? { keys: FAKE_KEYS } : {};
    this.keys = [];
    this.channel = new Channel(this.name, {
      ...this.#options,
      ...keys,
      ...(broker === undefined ? {} : { broker }),
    });
    if (this.hasSnapshot) this.channel.snapshot(() => this.#state());
  }

  publishSome(): void {
    const world = this.#world;
    for (let count = 1 + world.below(world.chance(0.1) ? 60 : 5); count > 0; count--) {
      const key = world.chance(0.3) ? world.pick(KEYS) : undefined;
      const padding = world.chance(0.1) ? "x".repeat(world.below(1500)) : "";
      const number = this.keys.push(key);
      void this.channel.publish("event", { channel: this.name, life: world.life, number, padding }, { key });
    }
  }

  /** Whether a reader may do without an event: a newer one of its key was published. */
  isNeedless(number: number): boolean {
    const key = this.keys[number - 1];
    return key !== undefined && this.keys.lastIndexOf(key) > number - 1;
  }

  /** With a remote broker, the state of now may be newer than the log here: it holds what is in the log at least. */
  #state(): unknown {
    const { life } = this.#world;
    const state = () => new ServerSentEvent("state", { channel: this.name, life, number: this.published });
    const part = () => new ServerSentEvent("part", "of a state");
    if (this.#snapshotTakesMs === 0) return [part(), state()];
    return new Promise((resolve) => this.#world.clock.after(this.#snapshotTakesMs, () => resolve([state()])));
  }
}

/** A browser that follows some channels on one stream. */
class Client {
  readonly #world: World;
  readonly #at: number;
  readonly #knowledge = new Map<Feed, Knowledge>();
  readonly #feeds: Feed[];
  readonly #filtered: boolean;
  #reader: SimulationReader | undefined;
  #lastEventId = "";
  #undecided = new Map<Feed, Subscription>();
  #subscriptions = new Map<Feed, Subscription>();

  constructor(world: World, at: number) {
    this.#world = world;
    this.#at = at;
    this.#feeds = world.feeds.filter(() => world.chance(0.7));
    if (this.#feeds.length === 0) this.#feeds = [world.pick(world.feeds)];
    this.#filtered = world.chance(0.2);
  }

  act(): void {
    const world = this.#world;
    const reader = this.#reader;
    if (reader === undefined || reader.over) {
      this.connect();
      return;
    }
    const luck = world.random();
    if (luck < 0.6) reader.read(world.chance(0.4) ? Number.POSITIVE_INFINITY : world.below(900));
    else if (luck < 0.8) this.drop();
    else if (luck < 0.88) this.#unsubscribe();
    else if (luck < 0.94) reader.target.dispatchMessage("direct");
    else reader.target.dispatchEvent(new ServerSentEvent("direct", "with an id", { id: "of its own" }));
    this.#lastEventId = reader.lastEventId;
  }

  connect(): void {
    const reader = new SimulationReader(this.#world.clock, this.#lastEventId, (event) => this.#hear(event));
    this.#reader = reader;
    this.#subscriptions.clear();
    this.#undecided.clear();
    for (const feed of this.#feeds) {
      const filter = this.#filtered
        ? { filter: (event: { data: unknown }) => wants((event.data as Said).number) }
        : {};
      const subscription = feed.channel.subscribe(reader.target, filter);
      this.#subscriptions.set(feed, subscription);
      this.#undecided.set(feed, subscription);
      this.#knows(feed).unsubscribed = false;
    }
    this.learn();
  }

  drop(): void {
    if (this.#reader !== undefined) this.#lastEventId = this.#reader.lastEventId;
    this.#reader?.drop();
  }

  readAll(): void {
    if (this.#reader === undefined || this.#reader.over) this.connect();
    this.#reader?.read(Number.POSITIVE_INFINITY);
    this.#lastEventId = this.#reader?.lastEventId ?? "";
  }

  /** Notes what was decided about its subscriptions meanwhile. */
  learn(): void {
    for (const [feed, subscription] of this.#undecided) {
      const { outcome } = subscription;
      if (outcome === undefined) continue;
      this.#undecided.delete(feed);
      if (outcome !== "new") continue;
      const knowledge = this.#knows(feed);
      const positions = EventId.parse(this.#lastEventId)?.positions ?? [];
      const at = EventId.parse(subscription.lastEventId)?.positions.find(
        ({ tag }) => tag === channelTag(feed.name),
      );
      if (knowledge.last !== undefined && positions.some(({ tag }) => tag === channelTag(feed.name))) {
        this.#fail(feed, "came new though its id names the channel");
      }
      // A reader of a state begins where that stands.
      knowledge.last =
        feed.hasSnapshot || at === undefined
          ? undefined
          : { channel: feed.name, life: this.#world.life, number: at.offset };
    }
  }

  checkEnd(): void {
    for (const feed of this.#feeds) {
      const { last, unsubscribed } = this.#knows(feed);
      const subscription = this.#subscriptions.get(feed);
      if (unsubscribed || feed.published === 0) continue;
      if (subscription?.closed !== false || subscription.lag !== 0) {
        this.#fail(feed, `is not at the end: lag ${subscription?.lag}, closed ${subscription?.closed}`);
      }
      for (let number = (last?.number ?? feed.published) + 1; number <= feed.published; number++) {
        if (!this.#maySkip(feed, number)) this.#fail(feed, `was never sent event ${number}`);
      }
    }
  }

  #unsubscribe(): void {
    const feed = this.#world.pick(this.#feeds);
    const subscription = this.#subscriptions.get(feed);
    if (subscription === undefined) return;
    void subscription.close();
    this.#undecided.delete(feed);
    this.#knows(feed).unsubscribed = true;
  }

  #hear({ type, data, lastEventId }: DecodedEvent): void {
    if (type !== "event" && type !== "state" && type !== "gap" && type !== "reset") return;
    const value = JSON.parse(data);
    const feed = this.#world.feeds.find(({ name }) => name === value.channel);
    if (feed === undefined) throw new Error(`client ${this.#at} heard of an unknown channel: ${data}`);
    if (type === "event") this.#hearEvent(feed, value);
    else if (type === "state") this.#hearState(feed, lastEventId, value);
    else this.#hearLoss(feed, value.lost.through, type);
  }

  #hearEvent(feed: Feed, said: Said): void {
    const knowledge = this.#knows(feed);
    const { last } = knowledge;
    if (last !== undefined) {
      if (last.life !== said.life) this.#fail(feed, `got ${show(said)} after ${show(last)} without a word`);
      if (said.number <= last.number) this.#fail(feed, `got ${show(said)} after ${show(last)}`);
      for (let number = last.number + 1; number < said.number; number++) {
        if (!this.#maySkip(feed, number))
          this.#fail(feed, `got ${show(said)} after ${show(last)}: ${number} is missing`);
      }
    }
    knowledge.last = said;
  }

  /** A state stands for a place that its id names; what follows it is the next. */
  #hearState(feed: Feed, lastEventId: string, said: Said): void {
    const places = EventId.parse(lastEventId)?.positions ?? [];
    const own = places.find(({ tag }) => tag === channelTag(feed.name));
    if (own === undefined) return;
    const number = own.offset;
    if (number > said.number) this.#fail(feed, `got a state of ${said.number} that is stamped ${number}`);
    this.#knows(feed).last = { ...said, number };
  }

  #hearLoss(feed: Feed, through: string, type: string): void {
    const offset = EventId.parse(through)?.positions[0]?.offset;
    if (offset === undefined) this.#fail(feed, `was told of a ${type} through ${through}`);
    const { last } = this.#knows(feed);
    if (type === "gap" && last !== undefined && last.number > offset) {
      this.#fail(feed, `was told of a gap through ${offset} after ${show(last)}`);
    }
    this.#knows(feed).last = { channel: feed.name, life: this.#world.life, number: offset };
  }

  #maySkip(feed: Feed, number: number): boolean {
    return feed.isNeedless(number) || (this.#filtered && !wants(number));
  }

  #knows(feed: Feed): Knowledge {
    const known = this.#knowledge.get(feed) ?? { last: undefined, unsubscribed: false };
    this.#knowledge.set(feed, known);
    return known;
  }

  #fail(feed: Feed, what: string): never {
    throw new Error(`client ${this.#at} of channel ${feed.name} ${what}`);
  }
}

/** What a client with a filter gets. */
function wants(number: number): boolean {
  return number % 3 !== 0;
}

/** Signs without waiting for anything but its promise. */
const FAKE_KEYS = {
  sign: async (data: string) => fakeDigest(data),
  verify: async (data: string, digest: string) => fakeDigest(data) === digest,
  indexOf: async (data: string, digest: string) => (fakeDigest(data) === digest ? 0 : -1),
};

function fakeDigest(data: string): string {
  let hash = 7;
  for (let at = 0; at < data.length; at++) hash = (Math.imul(hash, 31) + data.charCodeAt(at)) >>> 0;
  return hash.toString(36);
}

function show({ life, number }: Said): string {
  return `${number} of life ${life}`;
}

/** Numbers that look random and are all decided by the seed. */
function mulberry(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
