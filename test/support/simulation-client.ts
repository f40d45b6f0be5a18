import { EventId } from "../../src/channel/event-id.ts";
import type { Subscription } from "../../src/channel/subscription.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import type { DecodedEvent } from "../../src/wire/decode.ts";
import type { World } from "./simulation.ts";
import type { Feed, Said } from "./simulation-feed.ts";
import { SimulationReader } from "./simulation-reader.ts";

/** What a client knows of one channel, and follows of it now. */
interface Knowledge {
  readonly feed: Feed;
  /** The last that it has seen, or was told that it has not: what follows is the next. */
  last: Said | undefined;
  subscription: Subscription | undefined;
  /** Whether how it came is still to be found out. */
  isOpen: boolean;
  /** Whether it has heard events of it since it subscribed. */
  hasHeard: boolean;
  /** What it knew before it began anew, until it hears of that. */
  before: { readonly last: Said | undefined; readonly place: number | undefined } | undefined;
  /** Whether it could take what comes, before time passed. */
  couldRead: boolean;
}

/** A browser that follows some channels on one stream. */
export class Client {
  readonly #world: World;
  readonly #name: string;
  readonly #known: readonly Knowledge[];
  readonly #isFiltered: boolean;
  #reader: SimulationReader | undefined;
  #lastEventId = "";
  /** With which id it came. */
  #broughtId = "";

  constructor(world: World, name: string) {
    const { dice, feeds } = world;
    this.#world = world;
    this.#name = name;
    const some = feeds.filter(() => dice.chance(0.7));
    this.#known = (some.length > 0 ? some : [dice.pick(feeds)]).map((feed) => ({
      feed,
      last: undefined,
      subscription: undefined,
      isOpen: false,
      hasHeard: false,
      before: undefined,
      couldRead: false,
    }));
    this.#isFiltered = dice.chance(world.isMischievous ? 0.6 : 0.2);
  }

  /** Whether nothing is on its way to it that it should have. */
  get isDone(): boolean {
    const reader = this.#reader;
    if (reader === undefined || reader.over || reader.bufferedBytes > 0) return false;
    return this.#known.every((known) => this.#hasLeft(known) || this.#missing(known) === undefined);
  }

  act(): void {
    const { dice } = this.#world;
    const reader = this.#reader;
    if (reader === undefined || reader.over) {
      this.#connect();
      return;
    }
    const luck = dice.random();
    if (luck < 0.6) this.#read(reader, dice.chance(0.4) ? Number.POSITIVE_INFINITY : dice.below(900));
    else if (luck < 0.8) this.drop();
    else if (luck < 0.86) this.#unsubscribe();
    else if (luck < 0.9) this.#subscribeAgain(reader);
    else if (luck < 0.95) reader.target.dispatchMessage("direct");
    else reader.target.dispatchEvent(new ServerSentEvent("direct", "with an id", { id: "of its own" }));
  }

  /** The connection breaks. */
  drop(): void {
    if (this.#reader === undefined) return;
    if (!this.#reader.over) this.#note(`leaves with ${this.#reader.lastEventId}`);
    this.#lastEventId = this.#reader.lastEventId;
    for (const known of this.#known) this.#forget(known);
    this.#reader.drop();
  }

  /** It was to begin anew, but never heard of it. */
  #forget(known: Knowledge): void {
    const { feed, last, before } = known;
    const place = feed.place(this.#lastEventId);
    if (before !== undefined && place === before.place && place !== last?.number) known.last = before.last;
    known.before = undefined;
  }

  /** Comes back if it has to, and takes all that there is. */
  readAll(): void {
    const reader = this.#reader;
    if (reader === undefined || reader.over) this.#connect();
    else this.#read(reader, Number.POSITIVE_INFINITY);
  }

  /** Time is about to pass. */
  beforeFlush(): void {
    const canRead = this.#reader !== undefined && !this.#reader.over && !this.#reader.isFull;
    for (const known of this.#known) known.couldRead = canRead && known.subscription?.outcome !== undefined;
  }

  /** Whoever could take what came has been sent all of it. */
  afterFlush(): void {
    for (const known of this.#known) {
      const { couldRead, feed, subscription } = known;
      const isFull = this.#reader?.isFull !== false;
      if (!couldRead || isFull || !feed.isPrompt || this.#world.isMischievous) continue;
      const lag = subscription?.lag ?? 0;
      if (lag > 0) this.#fail(known, `could read, and still lacks ${lag} events`);
    }
  }

  /** Notes what was decided about its subscriptions meanwhile. */
  learn(): void {
    for (const known of this.#known) {
      const { feed, subscription, isOpen } = known;
      const outcome = subscription?.outcome;
      if (!isOpen || outcome === undefined) continue;
      known.isOpen = false;
      this.#note(`is ${outcome} to ${feed.name}`);
      if (outcome === "new") this.#beginNew(known);
    }
  }

  /** Throws if there is something that it has not got, and was not told of. */
  checkEnd(): void {
    for (const known of this.#known) {
      if (this.#hasLeft(known)) continue;
      const missing = this.#missing(known);
      if (missing !== undefined) this.#fail(known, missing);
    }
  }

  #connect(): void {
    this.#note(`comes with ${this.#lastEventId || "no id"}`);
    for (const known of this.#known) this.#forget(known);
    const reader = new SimulationReader(this.#world.clock, this.#lastEventId, (event) => this.#hear(event));
    this.#reader = reader;
    this.#broughtId = this.#lastEventId;
    for (const known of this.#known) this.#subscribe(known, reader);
    this.learn();
  }

  #subscribe(known: Knowledge, reader: SimulationReader): void {
    const { dice, life } = this.#world;
    const { feed } = known;
    const { page } = feed;
    const isOfPage = this.#broughtId === "" && page?.said.life === life && dice.chance(0.5);
    const wantsAll = this.#broughtId === "" && !isOfPage && dice.chance(0.3);
    if (isOfPage) {
      this.#note(`has a page of ${feed.name} made at ${page.id}`);
      known.last = page.said;
    }
    known.isOpen = true;
    known.hasHeard = false;
    known.subscription = dice.pick(feed.nodes).subscribe(reader.target, {
      ...(isOfPage ? { since: page.id } : {}),
      ...(wantsAll ? { since: "earliest" } : {}),
      ...(this.#isFiltered ? { filter: ({ data }) => this.#wants(known, data as Said) } : {}),
    });
  }

  #unsubscribe(): void {
    const known = this.#world.dice.pick(this.#known);
    if (known.subscription === undefined) return;
    this.#note(`leaves ${known.feed.name}`);
    known.isOpen = false;
    void known.subscription.close();
  }

  /** Follows what it has left, while the stream is open, and nothing of before is still on its way. */
  #subscribeAgain(reader: SimulationReader): void {
    const known = this.#known.find((other) => other.subscription?.closed === true);
    if (known === undefined || reader.target.closed || reader.bufferedBytes > 0) return;
    this.#note(`comes back to ${known.feed.name}`);
    // What was decided since it came back is known to it only once it has read the place.
    const { before, last } = known;
    const place = known.feed.place(this.#lastEventId);
    if (before === undefined || before.place !== place) known.before = { last, place };
    known.last = undefined;
    this.#subscribe(known, reader);
    this.learn();
  }

  #read(reader: SimulationReader, bytes: number): void {
    this.#note(`reads ${bytes} bytes`);
    reader.read(bytes);
    this.#lastEventId = reader.lastEventId;
  }

  /** It begins at the end of the log, or with a state that stands for a place. */
  #beginNew(known: Knowledge): void {
    const { feed, subscription, last } = known;
    if (last !== undefined && feed.place(this.#broughtId) !== undefined) {
      this.#fail(known, `came new though its id ${this.#broughtId} names the channel`);
    }
    const number = feed.place(subscription?.lastEventId ?? "");
    const isKnown = !feed.hasSnapshot && number !== undefined;
    // Its stream has ended in the same turn: who can say whether it still reads where it was.
    if (number === undefined) known.before = undefined;
    known.last = isKnown ? { channel: feed.name, life: this.#world.life, number } : undefined;
  }

  #hear({ type, data, lastEventId }: DecodedEvent): void {
    if (!["event", "part", "state", "gap", "reset"].includes(type)) return;
    const value = JSON.parse(data);
    const known = this.#known.find(({ feed }) => feed.name === value.channel);
    if (known === undefined)
      throw new Error(`${this.#name} heard of a channel that it does not follow: ${data}`);
    if (type === "event") this.#hearEvent(known, value);
    else if (type === "part" || type === "state") this.#hearState(known, type, lastEventId, value);
    else this.#hearLoss(known, value.lost.through, type, lastEventId);
  }

  #hearEvent(known: Knowledge, said: Said): void {
    this.#note(`hears ${show(said)} of ${said.channel}`);
    const { last } = known;
    known.hasHeard = true;
    known.before = undefined;
    known.last = said;
    if (last === undefined) return;
    const heard = `got ${show(said)} after ${show(last)}`;
    if (last.life !== said.life) this.#fail(known, `${heard} without a word`);
    if (said.number <= last.number) this.#fail(known, heard);
    for (let number = last.number + 1; number < said.number; number++) {
      if (!this.#maySkip({ feed: known.feed, last }, number))
        this.#fail(known, `${heard}: ${number} is missing`);
    }
  }

  /** A state stands for a place that the id of its last part names; what follows it is the next. */
  #hearState(known: Knowledge, type: string, lastEventId: string, said: Said): void {
    this.#note(`hears a ${type} of ${said.channel}, ${show(said)}, at ${lastEventId}`);
    const { feed, hasHeard, last } = known;
    if (feed.isLatest && hasHeard) this.#fail(known, "was shown a state while it was behind");
    if (type === "part") return;
    const number = feed.place(lastEventId);
    // What was said past the channels with an id of its own hides the place.
    if (number === undefined) return;
    if (number > said.number) this.#fail(known, `got a state of ${said.number} that is stamped ${number}`);
    if (last?.life === said.life && number < last.number) {
      this.#fail(known, `got a state stamped ${number} after ${show(last)}`);
    }
    known.before = undefined;
    known.last = { channel: feed.name, life: said.life, number };
  }

  #hearLoss(known: Knowledge, through: string, type: string, lastEventId: string): void {
    this.#note(`is told of a ${type} of ${known.feed.name} through ${through}`);
    const number = EventId.parse(through)?.positions[0]?.offset;
    const { feed, last } = known;
    if (number === undefined) this.#fail(known, `was told of a ${type} through ${through}`);
    if (type === "gap" && last !== undefined && last.number > number) {
      this.#fail(known, `was told of a gap through ${number} after ${show(last)}`);
    }
    // Until it has the state that follows, it would come back from where it was.
    if (feed.place(lastEventId) === number) known.before = undefined;
    else known.before ??= { last, place: feed.place(lastEventId) };
    known.last = { channel: feed.name, life: this.#world.life, number };
  }

  /** What it lacks at the end, in words. */
  #missing({ feed, last, subscription }: Knowledge): string | undefined {
    if (feed.published === 0 && subscription?.outcome !== undefined) return undefined;
    if (subscription?.outcome === undefined || subscription.closed) return "is not on its way";
    if (subscription.lag > 0) return `still lacks ${subscription.lag} events`;
    for (let number = (last?.number ?? feed.published) + 1; number <= feed.published; number++) {
      if (!this.#maySkip({ feed, last }, number) && !feed.isLost(number))
        return `was never sent event ${number}`;
    }
    return undefined;
  }

  /** Whether it has left on its own will, and its stream lives on. */
  #hasLeft({ subscription }: Knowledge): boolean {
    return subscription?.closed === true && this.#reader?.over === false;
  }

  #maySkip({ feed, last }: Pick<Knowledge, "feed" | "last">, number: number): boolean {
    if (feed.isUnknown(number, last?.number ?? 0)) return true;
    return feed.isSuperseded(number) || (this.#isFiltered && isUnwanted(number));
  }

  /** The filter of those that have one; it may do what filters should not. */
  #wants(known: Knowledge, said: Said): boolean {
    const { isMischievous, isOver, dice } = this.#world;
    if (isMischievous && !isOver && dice.chance(0.05)) {
      const luck = dice.random();
      this.#note(`does mischief (${luck.toFixed(2)}) at ${show(said)} of ${said.channel}`);
      if (luck < 0.3) void known.subscription?.close();
      else if (luck < 0.5) known.feed.publish();
      else if (luck < 0.7) this.#reader?.target.dispatchMessage("from a filter");
      else this.drop();
    }
    return !isUnwanted(said.number);
  }

  #note(line: string): void {
    this.#world.note(`${this.#name} ${line}`);
  }

  #fail({ feed }: Pick<Knowledge, "feed">, what: string): never {
    throw new Error(`${this.#name} of channel ${feed.name} ${what}`);
  }
}

/** What a client with a filter does not get. */
function isUnwanted(number: number): boolean {
  return number % 3 === 0;
}

function show({ life, number }: Said): string {
  return `${number} of life ${life}`;
}
