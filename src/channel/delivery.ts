/**
 * Brings the events of one log to all its readers: one loop for those who keep up, who are slow, and who come back.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";
import { type Chunk, ChunkCache } from "./chunk-cache.ts";
import type { EventLog } from "./event-log.ts";

/** Who reads a log from a place of its own. */
export interface LogReader {
  /** The sequence number of the next event that it needs. */
  readonly sequence: number;

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
 */
export class Delivery {
  readonly #log: EventLog;
  readonly #chunks: ChunkCache;
  readonly #clock: Clock;
  readonly #level = new Set<LogReader>();
  readonly #behind = new Set<LogReader>();
  /** Where the readers stand that are level. */
  #sequence: number;
  /** Who is catching up at this moment, unless it has left meanwhile. */
  #visited: LogReader | undefined;
  #cancelTurn: (() => void) | undefined;

  constructor(log: EventLog, clock: Clock) {
    this.#log = log;
    this.#chunks = new ChunkCache(log);
    this.#clock = clock;
    this.#sequence = log.next;
  }

  /** Takes a reader in, or back, that can be sent something. */
  join(reader: LogReader): void {
    if (this.#level.size === 0) this.#sequence = this.#log.next;
    if (reader.sequence === this.#sequence) {
      this.#level.add(reader);
      return;
    }
    this.#behind.add(reader);
    this.#schedule();
  }

  /** Lets a reader go. */
  leave(reader: LogReader): void {
    this.#level.delete(reader);
    this.#behind.delete(reader);
    if (this.#visited === reader) this.#visited = undefined;
  }

  /** The log was changed: what is new leaves when the turn is over. */
  changed(): void {
    if (this.#level.size > 0) this.#schedule();
  }

  /** Ends the turn that waits. */
  close(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    this.#chunks.clear();
  }

  #schedule(): void {
    this.#cancelTurn ??= this.#clock.after(0, () => {
      this.#cancelTurn = undefined;
      this.#bringNew();
      this.#catchUp();
    });
  }

  #bringNew(): void {
    const from = this.#sequence;
    this.#sequence = this.#log.next;
    if (from === this.#sequence || this.#level.size === 0) return;
    // They have lost something: each finds out by itself.
    if (from < this.#log.first) {
      for (const reader of this.#level) this.#fallBehind(reader);
      return;
    }
    const chunk = this.#chunks.live(from);
    for (const reader of this.#level) {
      if (!reader.take(chunk)) this.#level.delete(reader);
      else if (reader.sequence !== this.#sequence && this.#level.has(reader)) this.#fallBehind(reader);
    }
  }

  #catchUp(): void {
    let budget = TURN_BYTES;
    for (const reader of this.#behind) {
      if (budget <= 0) break;
      this.#behind.delete(reader);
      if (reader.sequence === this.#sequence) {
        this.#level.add(reader);
        continue;
      }
      this.#visited = reader;
      const bytes = reader.catchUp(this.#chunks);
      if (bytes === undefined || this.#visited !== reader) continue;
      budget -= Math.max(bytes, VISIT_BYTES);
      // Whoever is not level yet goes to the end of the line, and may have another turn within this one.
      this.#behind.add(reader);
    }
    // A reader may make the application publish before it, or anybody, is level.
    const isNew = this.#level.size > 0 && this.#sequence !== this.#log.next;
    if (isNew || this.#behind.size > 0) this.#schedule();
  }

  #fallBehind(reader: LogReader): void {
    this.#level.delete(reader);
    this.#behind.add(reader);
  }
}
