/**
 * Keeps the newest events of a channel, encoded, so that a returning or slow reader misses none.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";
import { formatPosition, type LogPosition } from "./event-id.ts";
import type { EventRecord } from "./event-record.ts";
import { LogEntry } from "./log-entry.ts";

/** How much a log keeps. What is reached first drops the oldest event. */
export interface LogLimits {
  /** How many events. @default 10000 */
  readonly events: number;
  /** How many bytes of encoded events. @default 8388608 */
  readonly bytes: number;
  /** For how long, in milliseconds; `Infinity` for ever. @default 600000 */
  readonly ageMs: number;
}

const FIRST_CAPACITY = 16;
/** What a timer can wait at most. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * A ring of encoded events, oldest to newest.
 *
 * Two counts run through it. The *offset* of an event is the log's own, in ids on the wire: it rises from event to event,
 * and may leave some out. Its *sequence number* is this process's: it rises by one, is never used again, and is what a
 * cursor holds; a place that was lost counts too, so that who stood before it notices.
 *
 * Concurrency: one appender; any number of cursors, read between appends. Appending and dropping cost the same however
 * much is kept. Errors: `append` throws a `RangeError` for an event larger than the limit; reading never throws.
 */
export class EventLog {
  readonly limits: LogLimits;
  readonly #clock: Clock;
  readonly #tag: string;
  readonly #isSparse: boolean;
  #epoch: string;
  #ring: (LogEntry | undefined)[] = new Array(FIRST_CAPACITY);
  /** Of the oldest event kept, and of the one that comes next. */
  #first = 1;
  #next = 1;
  #bytes = 0;
  #floor: number;
  #head: number;
  /** Where the newest event of each key stands. */
  readonly #newest = new Map<string, number>();
  #cancelTrim: (() => void) | undefined;

  /** `isSparse` says that offsets between those of events are places too: they are counted with those of other logs. */
  constructor(tag: string, position: LogPosition, limits: LogLimits, clock: Clock, isSparse = false) {
    this.#tag = tag;
    this.#isSparse = isSparse;
    this.#epoch = position.epoch;
    this.#floor = position.offset;
    this.#head = position.offset;
    this.limits = limits;
    this.#clock = clock;
  }

  /** The present life of the log. */
  get epoch(): string {
    return this.#epoch;
  }

  /** The offset of the newest event. */
  get head(): number {
    return this.#head;
  }

  /** From this offset on nothing is missing; what came before it is no longer, or never was, here. */
  get floor(): number {
    return this.#floor;
  }

  /** How many events are kept. */
  get size(): number {
    return this.#next - this.#first;
  }

  /** How many bytes the kept events have. */
  get byteLength(): number {
    return this.#bytes;
  }

  /** The sequence number of the oldest event kept; that of the next one when none is. */
  get first(): number {
    return this.#first;
  }

  /** The sequence number that the next event will have. */
  get next(): number {
    return this.#next;
  }

  /** Whether some of the events kept are states, of which only the newest is needed. */
  get hasStates(): boolean {
    return this.#newest.size > 0;
  }

  /** The id of a place in this log, unsigned. */
  id(offset: number): string {
    return formatPosition({ tag: this.#tag, epoch: this.#epoch, offset });
  }

  /** The event with a sequence number from `first` to `next - 1`. */
  at(sequence: number): LogEntry {
    return this.#ring[sequence % this.#ring.length] as LogEntry;
  }

  /** The sequence number of the first event after `offset`. */
  after(offset: number): number {
    let low = this.#first;
    let high = this.#next;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.at(middle).offset > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Whether an offset is that of a place which is kept: of an event, or the floor; any between, where it is sparse. */
  has(offset: number): boolean {
    if (offset === this.#floor || offset === this.#head) return true;
    if (this.#isSparse) return offset > this.#floor && offset < this.#head;
    const sequence = this.after(offset) - 1;
    return sequence >= this.#first && this.at(sequence).offset === offset;
  }

  /** Whether a newer event is kept that makes this one needless to who has not seen it. */
  isSuperseded(sequence: number): boolean {
    const { key } = this.at(sequence);
    return key !== undefined && this.#newest.get(key) !== sequence;
  }

  /**
   * Adds an event at its place, which must be above the newest.
   *
   * Throws a `RangeError` for one larger than the limit of bytes, or not above the newest, and a `TypeError` for one that
   * may not stand in a stream; the log is then as it was.
   */
  append(offset: number, record: EventRecord): LogEntry {
    if (offset <= this.#head || !Number.isSafeInteger(offset)) {
      throw new RangeError(`Cannot append to the log at offset ${offset}: its head is ${this.#head}`);
    }
    const entry = new LogEntry(record, offset, this.id(offset), this.#clock.now());
    const { byteLength } = entry.bytes;
    if (byteLength > this.limits.bytes) {
      throw new RangeError(
        `Cannot append an event of ${byteLength} bytes: the log is limited to ${this.limits.bytes}`,
      );
    }
    this.#makeRoom(byteLength);
    this.#ring[this.#next % this.#ring.length] = entry;
    if (entry.key !== undefined) this.#newest.set(entry.key, this.#next);
    this.#next++;
    this.#head = offset;
    this.#bytes += byteLength;
    if (this.#cancelTrim === undefined) this.#trimAt(entry.at + this.limits.ageMs);
    return entry;
  }

  /** Says that events up to and including `offset` were lost on their way here. Who had not passed them notices. */
  skip(offset: number): void {
    if (offset <= this.#head) return;
    this.#restartAt(offset);
  }

  /** Begins a new life of the log. Who stood in the old one notices. */
  restart(position: LogPosition): void {
    this.#epoch = position.epoch;
    this.#restartAt(position.offset);
  }

  /** Drops all, and stops its timer. */
  clear(): void {
    this.#restartAt(this.#head);
  }

  #restartAt(offset: number): void {
    while (this.#first < this.#next) this.#drop();
    this.#next++;
    this.#first = this.#next;
    this.#floor = offset;
    this.#head = offset;
    this.#ring = new Array(FIRST_CAPACITY);
    this.#cancelTrim?.();
    this.#cancelTrim = undefined;
  }

  #makeRoom(byteLength: number): void {
    this.#trim();
    while (
      this.size > 0 &&
      (this.size >= this.limits.events || this.#bytes + byteLength > this.limits.bytes)
    ) {
      this.#drop();
    }
    if (this.size === this.#ring.length) this.#grow();
  }

  #grow(): void {
    const ring: (LogEntry | undefined)[] = new Array(Math.min(this.#ring.length * 2, this.limits.events));
    for (let sequence = this.#first; sequence < this.#next; sequence++) {
      ring[sequence % ring.length] = this.at(sequence);
    }
    this.#ring = ring;
  }

  #drop(): void {
    const entry = this.at(this.#first);
    this.#ring[this.#first % this.#ring.length] = undefined;
    if (entry.key !== undefined && this.#newest.get(entry.key) === this.#first)
      this.#newest.delete(entry.key);
    this.#first++;
    this.#bytes -= entry.bytes.byteLength;
    this.#floor = entry.offset;
  }

  /** Drops what is too old; the timer waits for the oldest that is left. */
  #trim(): void {
    const oldest = this.#clock.now() - this.limits.ageMs;
    while (this.size > 0 && this.at(this.#first).at <= oldest) this.#drop();
  }

  #trimAt(at: number): void {
    if (at === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(Math.max(1, at - this.#clock.now()), LONGEST_WAIT_MS);
    this.#cancelTrim = this.#clock.after(waitMs, () => {
      this.#cancelTrim = undefined;
      this.#trim();
      if (this.size > 0) this.#trimAt(this.at(this.#first).at + this.limits.ageMs);
    });
  }
}
