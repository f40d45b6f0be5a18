import { Channel } from "../../src/channel/channel.ts";
import { channelTag, EventId } from "../../src/channel/event-id.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import type { World } from "./simulation.ts";
import { BROKER_AWAY } from "./simulation-broker.ts";

/** What an event says of itself: the how manieth it is of its channel, in which life of the log. */
export interface Said {
  readonly channel: string;
  readonly life: number;
  readonly number: number;
}

const KEYS = ["k", "l"];
const STATE_AWAY = "there is no state now";

/** One channel, as one or two processes have it, and what was published on it. */
export class Feed {
  readonly name: string;
  readonly tag: string;
  readonly hasSnapshot: boolean;
  /** Whether a reader that fell behind is shown no state. */
  readonly isLatest: boolean;
  /** Whether what happens to a reader is decided in the turn in which it happens. */
  readonly isPrompt: boolean;
  nodes: Channel[] = [];
  /** Where a page was made that shows the channel: for readers who come with it. */
  page: { readonly id: string; readonly said: Said } | undefined;
  /** Of the present life: the key of each event that has one, by its number less one. */
  #keys: (string | undefined)[] = [];
  #appended = 0;
  readonly #world: World;
  readonly #options: ConstructorParameters<typeof Channel>[1];
  readonly #stateTakesMs: number;

  constructor(world: World, name: string) {
    const { dice, clock } = world;
    this.#world = world;
    this.name = name;
    this.tag = channelTag(name);
    this.hasSnapshot = dice.chance(0.3);
    this.#stateTakesMs = dice.chance(0.5) ? 0 : 30;
    const slowReaders = dice.pick(["gap", "gap", "latest", "close"] as const);
    this.isLatest = slowReaders === "latest";
    this.isPrompt = !world.isRemote && !world.isSigned && (!this.hasSnapshot || this.#stateTakesMs === 0);
    this.#options = {
      history: {
        events: 3 + dice.below(30),
        bytes: 2000 + dice.below(6000),
        ageMs: dice.chance(0.3) ? 2000 : Number.POSITIVE_INFINITY,
      },
      slowReaders,
      clock,
      random: dice.random,
      ...(world.isSigned ? { keys: HASH_KEYS } : {}),
    };
    this.begin();
  }

  /** How many events were published in this life. */
  get published(): number {
    return this.#keys.length;
  }

  /** Whether the log has all of them. */
  get isAppended(): boolean {
    return this.#appended === this.published;
  }

  /** Begins a new life. */
  begin(): void {
    this.#keys = [];
    this.#appended = 0;
    this.page = undefined;
    this.open();
  }

  /** New processes take the place of the old ones; where the log lives elsewhere it lives on. */
  open(): void {
    const { broker, nodes } = this.#world;
    this.nodes = Array.from({ length: nodes }, () => {
      const channel = new Channel(this.name, { ...this.#options, ...(broker && { broker }) });
      channel.addEventListener("error", ({ error }) => this.#onError(error));
      return this.hasSnapshot ? channel.snapshot(() => this.#state()) : channel;
    });
  }

  publishSome(): void {
    const { dice } = this.#world;
    for (let count = 1 + dice.below(dice.chance(0.1) ? 60 : 5); count > 0; count--) this.publish();
  }

  publish(): void {
    const { dice, life, isRemote } = this.#world;
    const key = dice.chance(0.3) ? dice.pick(KEYS) : undefined;
    // Memory refuses what is larger than it; a log elsewhere may have it.
    const most = isRemote && dice.chance(0.05) ? 9000 : 1500;
    const padding = dice.chance(0.1) ? "x".repeat(dice.below(most)) : "";
    const number = this.#keys.push(key);
    const published = dice
      .pick(this.nodes)
      .publish("event", { channel: this.name, life, number, padding }, { key });
    void published.then(() => {
      if (life === this.#world.life) this.#appended++;
    });
  }

  /** Makes a page that shows the channel as it is now. */
  makePage(): void {
    const { life, dice } = this.#world;
    void dice
      .pick(this.nodes)
      .lastEventId()
      .then((id) => {
        if (life !== this.#world.life) return;
        this.page = { id, said: { channel: this.name, life, number: this.place(id) ?? 0 } };
      }, ignore);
  }

  /** The number that an id names of this channel. */
  place(id: string): number | undefined {
    return EventId.parse(id)?.positions.find(({ tag }) => tag === this.tag)?.offset;
  }

  /** Whether a newer event of the same key was published: a reader who is behind may do without this one. */
  isSuperseded(number: number): boolean {
    const key = this.#keys[number - 1];
    return key !== undefined && this.#keys.lastIndexOf(key) > number - 1;
  }

  /** Whether the broker has lost an event. */
  isLost(number: number): boolean {
    return this.#world.broker?.isLost(this.name, number) === true;
  }

  /** Whether nothing says so to who has seen `last`, and no more. */
  isUnknown(number: number, last: number): boolean {
    return this.#world.broker?.isUnknown(this.name, number, last) === true;
  }

  /** With a log elsewhere, the state of now may be newer than the log here: it holds what is in the log at least. */
  #state(): unknown {
    const { life, dice, clock, isOver } = this.#world;
    const fails = !isOver && dice.chance(0.1);
    const show = () => {
      if (fails) throw new Error(STATE_AWAY);
      const said = { channel: this.name, life, number: this.published, padding: "y".repeat(dice.below(900)) };
      return [new ServerSentEvent("part", said), new ServerSentEvent("state", said)];
    };
    if (this.#stateTakesMs === 0) return show();
    return new Promise((resolve) => clock.after(this.#stateTakesMs, () => resolve(undefined))).then(show);
  }

  /** Nothing fails here but what was made to. */
  #onError(error: unknown): void {
    const { message } = error as Error;
    if (message !== BROKER_AWAY && message !== STATE_AWAY) this.#world.fail(error as Error);
  }
}

/** Signs without waiting for anything but its promise. */
const HASH_KEYS = {
  sign: async (data: string) => hash(data),
  verify: async (data: string, digest: string) => hash(data) === digest,
  indexOf: async (data: string, digest: string) => (hash(data) === digest ? 0 : -1),
};

function hash(data: string): string {
  let mixed = 7;
  for (let at = 0; at < data.length; at++) mixed = (Math.imul(mixed, 31) + data.charCodeAt(at)) >>> 0;
  return mixed.toString(36);
}

function ignore(): void {
  // The broker is away; the page is made another time.
}
