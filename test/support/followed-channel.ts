import { type Broker, Channel, type Subscription } from "../../src/channel.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import type { DecodedEvent } from "../../src/wire/decode.ts";
import { ScriptedReader } from "./scripted-reader.ts";

type Words = { word: string };

/** A node: a channel on a broker, and readers that take what they are sent. */
export class FollowedChannel {
  readonly channel: Channel<Words>;
  readonly #clock = new VirtualClock();

  constructor(broker: Broker, name = "words", history: { events?: number } = {}) {
    this.channel = new Channel<Words>(name, { broker, history });
  }

  /** Publishes words, one after the other without waiting between; resolves with their ids. */
  publish(...words: string[]): Promise<string[]> {
    return Promise.all(words.map((word) => this.channel.publish("word", word)));
  }

  /** A reader that comes, with what it said when it left, or from where its page wants it to begin. */
  async read(lastEventId = "", since = ""): Promise<FollowingReader> {
    const reader = new ScriptedReader(this.#clock, { lastEventId, highWaterMarkBytes: 16 * 1024 * 1024 });
    const following = new FollowingReader(reader, this.channel.subscribe(reader.target, { since }));
    await following.subscription.ready;
    return following;
  }

  close(): Promise<void> {
    return this.channel.close();
  }
}

/** A reader, and what it has understood. */
export class FollowingReader {
  readonly subscription: Subscription;
  readonly #reader: ScriptedReader;

  constructor(reader: ScriptedReader, subscription: Subscription) {
    this.#reader = reader;
    this.subscription = subscription;
  }

  get outcome(): string | undefined {
    return this.subscription.outcome;
  }

  get lastEventId(): string {
    return this.#reader.lastEventId;
  }

  /** All that came so far: words as they are, a loss in brackets. */
  get words(): string[] {
    this.#reader.read();
    return this.#reader.events.map(({ type, data }: DecodedEvent) => (type === "word" ? data : `[${type}]`));
  }

  /** Resolves with all that came, once the last of it is `word`. */
  async until(word: string): Promise<string[]> {
    while (this.words.at(-1) !== word) await new Promise((resolve) => setTimeout(resolve, 2));
    return this.words;
  }

  leave(): void {
    this.#reader.read();
    this.#reader.sink.leave();
  }
}
