/**
 * Brings the events of one log to all its readers: one loop for those who keep up, who are slow, and who come back.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";
import type { FedStream } from "../sse/stream-writer.ts";
import type { ChannelCounters } from "./channel-metrics.ts";
import { type Chunk, ChunkCache } from "./chunk-cache.ts";
import type { EventLog } from "./event-log.ts";

/** A place in a log: the sequence number of the next event, and the offset of the one before. */
export interface LogPlace {
  readonly sequence: number;
  readonly offset: number;
}

/** Who reads a log from a place of its own. */
export interface LogReader {
  /** The sequence number of the next event that it needs. */
  readonly sequence: number;
  /** Its stream, if it is sent what all who keep up are sent, as it is: then it need not be asked. */
  readonly stream: FedStream | undefined;

  /** From now on its stream is fed, and its place is that of `front`, which moves. */
  ride(front: LogPlace): void;

  /** Its stream is fed no more: it stands at `place`. */
  stand(place: LogPlace): void;

  /** After `stand`: its stream takes no more for now, or never again. */
  refused(): void;

  /**
   * Takes what all who keep up are sent, from its own place on, or a part of it. `false` when it can take no more for
   * now, or never again.
   */
  take(chunk: Chunk): boolean;

  /**
   * Takes the next that it needs, and moves on; gives about how many bytes that cost. `undefined` when it can take no
   * more for now, or never again.
   */
  catchUp(chunks: ChunkCache): number | undefined;
}

/** What all who are behind are sent in one turn, about, in bytes: the rest waits, so that nobody else has to. */
const TURN_BYTES = 1024 * 1024;
/** What it costs, in bytes, to look after a reader, though nothing be sent. */
const VISIT_BYTES = 512;

/**
 * The readers of one log.
 *
 * A reader is *level*, and gets what a turn of the event loop brought as soon as the turn is over; or it is *behind*, and
 * gets a bounded chunk in its turn, again and again, until it is level; or it can take no more, and is known to nobody
 * but its own stream until it calls `join` again. Those who are level come first; those behind take turns.
 *
 * Of those who are level, most are sent the same bytes. They *ride*: their streams are fed in one loop that asks none of
 * them for anything, and their place is the one that they all share.
 */
export class Delivery {
  readonly #log: EventLog;
  readonly #chunks: ChunkCache;
  readonly #clock: Clock;
  readonly #counters: ChannelCounters;
  readonly #riders = new Map<LogReader, FedStream>();
  /** Those who are level, and are asked each time. */
  readonly #level = new Set<LogReader>();
  readonly #behind = new Set<LogReader>();
  /** Where the readers stand that are level; while they are brought what is new, where they stood before. */
  readonly #front: { sequence: number; offset: number };
  /** While they are brought it: what is new, and how many of the riders, from the first on, have it. */
  #bringing: Chunk | undefined;
  #fed = 0;
  /** Who is fed or is catching up at this moment, unless it has left meanwhile. */
  #visited: LogReader | undefined;
  #cancelTurn: (() => void) | undefined;

  constructor(log: EventLog, clock: Clock, counters: ChannelCounters) {
    this.#log = log;
    this.#chunks = new ChunkCache(log);
    this.#clock = clock;
    this.#counters = counters;
    this.#front = { sequence: log.next, offset: log.head };
  }

  /** Takes a reader in, or back, that can be sent something. */
  join(reader: LogReader): void {
    const isBusy = this.#bringing !== undefined;
    if (!isBusy && !this.#isAnybodyLevel) this.#moveFront(this.#log.next, this.#log.head);
    if (isBusy || reader.sequence !== this.#front.sequence) {
      this.#behind.add(reader);
      this.#schedule();
      return;
    }
    const { stream } = reader;
    if (stream === undefined) {
      this.#level.add(reader);
    } else {
      this.#riders.set(reader, stream);
      reader.ride(this.#front);
    }
  }

  /** Lets a reader go. */
  leave(reader: LogReader): void {
    if (this.#riders.has(reader)) this.#dismount(reader);
    this.#level.delete(reader);
    this.#behind.delete(reader);
    if (this.#visited === reader) this.#visited = undefined;
  }

  /** Looks again whether a reader that is level rides. */
  reconsider(reader: LogReader): void {
    if (!this.#riders.has(reader) && !this.#level.has(reader)) return;
    this.leave(reader);
    this.join(reader);
  }

  /** The log was changed: what is new leaves when the turn is over. */
  changed(): void {
    if (this.#isAnybodyLevel) this.#schedule();
  }

  /** Ends the turn that waits. */
  close(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    this.#chunks.clear();
  }

  get #isAnybodyLevel(): boolean {
    return this.#riders.size > 0 || this.#level.size > 0;
  }

  #schedule(): void {
    this.#cancelTurn ??= this.#clock.after(0, () => {
      this.#cancelTurn = undefined;
      this.#bringNew();
      this.#catchUp();
    });
  }

  #bringNew(): void {
    const { next, head, first } = this.#log;
    const from = this.#front.sequence;
    if (from === next) return;
    if (this.#isAnybodyLevel && from >= first) {
      const chunk = this.#chunks.live(from);
      this.#bring(chunk);
      this.#moveFront(chunk.next, chunk.offset);
    }
    // Whoever has lost something, or is to get more than one chunk, goes its own way.
    if (this.#front.sequence !== next) this.#allFallBehind();
    this.#moveFront(next, head);
  }

  #bring(chunk: Chunk): void {
    this.#bringing = chunk;
    this.#fed = 0;
    try {
      this.#feedRiders(chunk);
      this.#fed = this.#riders.size;
      this.#askLevel(chunk);
    } finally {
      this.#bringing = undefined;
      this.#visited = undefined;
    }
  }

  #feedRiders({ bytes, events }: Chunk): void {
    let deliveries = 0;
    this.#riders.forEach((stream, reader) => {
      this.#fed++;
      deliveries++;
      this.#visited = reader;
      if (stream.feed(bytes, true) || !this.#riders.has(reader)) return;
      this.#dismount(reader);
      reader.refused();
    });
    this.#counters.delivered += deliveries * events;
    this.#counters.deliveredBytes += deliveries * bytes.byteLength;
  }

  #askLevel(chunk: Chunk): void {
    for (const reader of this.#level) {
      if (!reader.take(chunk)) this.#level.delete(reader);
      else if (reader.sequence !== chunk.next && this.#level.delete(reader)) this.#behind.add(reader);
    }
  }

  /** Takes a rider out, with the place that it has come to. */
  #dismount(reader: LogReader): void {
    const chunk = this.#bringing;
    const hasIt = chunk !== undefined && this.#isFed(reader);
    if (hasIt) this.#fed--;
    this.#riders.delete(reader);
    reader.stand(hasIt ? { sequence: chunk.next, offset: chunk.offset } : this.#front);
  }

  /** Whether a rider is among the first, who were fed; somebody may leave in the middle of it. */
  #isFed(reader: LogReader): boolean {
    if (reader === this.#visited) return true;
    let at = 0;
    for (const rider of this.#riders.keys()) {
      if (at === this.#fed || rider === reader) break;
      at++;
    }
    return at < this.#fed;
  }

  #allFallBehind(): void {
    for (const reader of this.#riders.keys()) {
      reader.stand(this.#front);
      this.#behind.add(reader);
    }
    this.#riders.clear();
    for (const reader of this.#level) this.#behind.add(reader);
    this.#level.clear();
  }

  #moveFront(sequence: number, offset: number): void {
    this.#front.sequence = sequence;
    this.#front.offset = offset;
  }

  #catchUp(): void {
    let budget = TURN_BYTES;
    for (const reader of this.#behind) {
      if (budget <= 0) break;
      this.#behind.delete(reader);
      if (reader.sequence === this.#front.sequence) {
        this.join(reader);
        continue;
      }
      this.#visited = reader;
      const bytes = reader.catchUp(this.#chunks);
      if (bytes === undefined || this.#visited !== reader) continue;
      budget -= Math.max(bytes, VISIT_BYTES);
      // Whoever is not level yet goes to the end of the line, and may have another turn within this one.
      this.#behind.add(reader);
    }
    this.#visited = undefined;
    // A reader may make the application publish before it, or anybody, is level.
    const isNew = this.#isAnybodyLevel && this.#front.sequence !== this.#log.next;
    if (isNew || this.#behind.size > 0) this.#schedule();
  }
}
