/**
 * A place in a log, and what moves it on: one reader's way through the events.
 *
 * @module
 */

import { ServerSentEvent } from "../sse/server-sent-event.ts";
import type { FedStream } from "../sse/stream-writer.ts";
import { concatenate } from "../wire/concatenate.ts";
import { toBytes } from "../wire/encode.ts";
import type { ChannelCore } from "./channel-core.ts";
import type { Chunk, ChunkCache } from "./chunk-cache.ts";
import type { LogPlace, LogReader } from "./delivery.ts";
import type { LogPosition } from "./event-id.ts";
import type { EventLog } from "./event-log.ts";
import { encodeRecord, idLine, makeRecord } from "./event-record.ts";
import type { ChannelEvent, LogEntry } from "./log-entry.ts";
import type { TargetCursors } from "./target-cursors.ts";

/** Which events a reader gets, and in which form. */
export interface CursorView {
  readonly filter?: ((event: ChannelEvent) => boolean) | undefined;
  readonly map?: ((event: ChannelEvent) => unknown) | undefined;
}

/** Whom a cursor tells what it can't decide. */
export interface CursorOwner {
  readonly view: CursorView;
  /** Whether its reader's ids are its own; decided before it sits. */
  readonly isSigned: boolean;
  /** The log has dropped what comes next, or is another one. */
  fell(): void;
  /** A filter or a map of the application threw. */
  failed(error: unknown): void;
}

/** What a reader is sent at once whose bytes are its own. */
const OWN_BYTES = 64 * 1024;
/** A reader whose events are filtered out is told its place after this part of what the log keeps. */
const TELL_PART = 8;
/** How many events are looked at in one go for a reader of its own, and what looking at one costs, in bytes. */
const OWN_EVENTS = 512;
const LOOK_BYTES = 256;
/** The sequence number of no event. Who stands there stands beside nobody, and so goes on with nobody from elsewhere. */
const BEFORE_ALL = 0;
const NONE: readonly Uint8Array[] = [];

/**
 * Brings one reader from its place to the end of the log, at its own pace.
 *
 * It holds no events, but for frames of its owner's that go before all else. While its stream takes nothing, it is known
 * to the stream alone.
 */
export class Cursor implements LogReader {
  // What each delivery needs stands together, and first: with thousands of readers, reaching for it is the cost.
  /** Whether its reader has seen events, at another node, that are still on their way to this log. */
  #isAhead = false;
  /** Whether its reader gets all events, under their own ids. */
  #isCommon = false;
  #hasEnded = false;
  /** Where all stand that keep up, while it is one of them; then its own place is out of date. */
  #front: LogPlace | undefined;
  #sequence = 0;
  #offset = 0;
  readonly #cursors: TargetCursors;
  readonly #core: ChannelCore;
  readonly #owner: CursorOwner;
  readonly #log: EventLog;
  #epoch = "";
  /** Frames of the owner's, of which so many were sent. */
  #first: readonly Uint8Array[] = NONE;
  #firstSent = 0;
  /** Whether they make up a state: the last one tells the place. */
  #isState = false;
  #waits = false;
  #room: (() => void) | undefined;
  /** Where its reader was last told a place, and when. */
  #toldSequence = 0;
  #toldAt = 0;

  constructor(core: ChannelCore, cursors: TargetCursors, owner: CursorOwner, log: EventLog) {
    this.#core = core;
    this.#cursors = cursors;
    this.#owner = owner;
    this.#log = log;
  }

  get sequence(): number {
    return this.#front?.sequence ?? this.#sequence;
  }

  /** The place after which it goes on. */
  get place(): LogPosition {
    return { epoch: this.#epoch, offset: this.#front?.offset ?? this.#offset };
  }

  /** How many events that the log keeps come after its place. */
  get lag(): number {
    return this.#log.next - Math.max(this.sequence, this.#log.first);
  }

  get stream(): FedStream | undefined {
    return this.isShared && !this.#isAhead && !this.#cursors.blocked ? this.#cursors.stream : undefined;
  }

  /** Whether the bytes that others are sent serve it too. */
  get isShared(): boolean {
    return this.#isCommon && this.#cursors.isPlain;
  }

  /** Takes a place; nothing is sent by this. One that the log does not keep is noticed when it is to go on from there. */
  sit({ epoch, offset }: LogPosition): void {
    const log = this.#log;
    this.#epoch = epoch;
    this.#offset = offset;
    this.#isAhead = epoch === log.epoch && offset > log.head;
    const isKept = this.#isAhead || (epoch === log.epoch && log.has(offset));
    this.#sequence = isKept ? log.after(offset) : BEFORE_ALL;
    const { view, isSigned } = this.#owner;
    this.#isCommon = view.filter === undefined && view.map === undefined && !isSigned;
    this.#told();
  }

  /** Whether its place is none yet to resume from: a part of a state is still to be sent. */
  get isBeginning(): boolean {
    return this.#isState && this.#firstSent < this.#first.length;
  }

  /** Sends `frames`, at the reader's pace, and then goes on from its place, which the last frame of a state tells. */
  begin(frames: readonly Uint8Array[], isState = false): void {
    this.#first = frames;
    this.#firstSent = 0;
    this.#isState = isState;
    this.#goOn();
  }

  ride(front: LogPlace): void {
    this.#front = front;
  }

  stand({ sequence, offset }: LogPlace): void {
    this.#front = undefined;
    this.#sequence = sequence;
    this.#offset = offset;
  }

  refused(): void {
    this.#cursors.block();
    this.#wait();
  }

  /** Whether it is sent what all are sent has changed. */
  reconsider(): void {
    if (this.#cursors.isPlain !== (this.#front !== undefined)) this.#core.delivery.reconsider(this);
  }

  take(chunk: Chunk): boolean {
    if (this.#cursors.blocked) return this.#wait();
    if (this.#isAhead) return this.#passSeen(chunk.next);
    if (!this.isShared) return this.#takeOwn(chunk.next, false) !== undefined;
    this.#sequence = chunk.next;
    this.#offset = chunk.offset;
    return chunk.events === 0 || this.#send(chunk.bytes, chunk.events);
  }

  catchUp(chunks: ChunkCache): number | undefined {
    if (this.#cursors.blocked) {
      this.#wait();
      return undefined;
    }
    if (!this.#isKept) {
      this.#owner.fell();
      return undefined;
    }
    if (this.#isAhead) {
      this.#passSeen(this.#log.next);
      return 0;
    }
    const { counters } = this.#core;
    counters.maxLag = Math.max(counters.maxLag, this.lag);
    if (!this.isShared) return this.#takeOwn(this.#log.next, true);
    const chunk = chunks.catchUp(this.#sequence);
    return this.take(chunk) ? chunk.bytes.byteLength : undefined;
  }

  /**
   * Sends events of the past, in order; resolves when they are on their way, with `false` when the stream has ended
   * before.
   */
  async takePast(entries: readonly LogEntry[]): Promise<boolean> {
    for (const entry of entries) {
      while (this.#cursors.blocked) await this.#untilRoom();
      if (this.#cursors.closed) return false;
      this.#offset = entry.offset;
      // Not to wait in the way of the present: whoever reads the past goes on by itself.
      const parts = this.isShared ? [entry.bytes] : this.#own(entry);
      for (const [at, part] of parts.entries()) this.#feed(part, at === 0 ? 1 : 0);
    }
    return true;
  }

  /** There is room again. */
  drained(): void {
    this.#room?.();
    if (this.#waits) {
      this.#waits = false;
      this.#goOn();
    }
  }

  /** The stream has ended. */
  ended(): void {
    this.#hasEnded = true;
    this.#waits = false;
    this.#room?.();
  }

  /** Leaves out what its reader has seen already; what comes after is taken in its turn. */
  #passSeen(end: number): true {
    const log = this.#log;
    while (this.#sequence < end && this.#isKept && log.at(this.#sequence).offset <= this.#offset) {
      this.#sequence++;
    }
    this.#isAhead = this.#sequence === end;
    // What comes next does not follow the place that it has seen: the log has lost that place.
    if (!this.#isAhead && !log.has(this.#offset)) this.#sequence = BEFORE_ALL;
    return true;
  }

  /** Whether the log still has what comes next: a filter that publishes may have had it dropped. */
  get #isKept(): boolean {
    return this.#sequence >= this.#log.first;
  }

  #untilRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.#room = () => {
        this.#room = undefined;
        resolve();
      };
    });
  }

  #goOn(): void {
    while (this.#firstSent < this.#first.length) {
      const frame = this.#first[this.#firstSent++] as Uint8Array;
      if (this.#isState && !this.isBeginning) this.#cursors.feed(toBytes(idLine(this.#cursors.id())));
      if (!this.#cursors.feed(frame) && this.#cursors.closed) return;
      if (this.#cursors.blocked && this.#firstSent < this.#first.length) {
        this.#wait();
        return;
      }
    }
    this.#first = NONE;
    this.#core.delivery.join(this);
  }

  #wait(): false {
    this.#waits = !this.#cursors.closed;
    return false;
  }

  #send(bytes: Uint8Array, events: number): boolean {
    return this.#feed(bytes, events, true) || this.#wait();
  }

  #feed(bytes: Uint8Array, events: number, isAlone = false): boolean {
    const { counters } = this.#core;
    counters.delivered += events;
    counters.deliveredBytes += bytes.byteLength;
    return this.#cursors.feed(bytes, isAlone);
  }

  /** Up to `end`, or as much as one write should have. */
  #takeOwn(end: number, conflate: boolean): number | undefined {
    const parts: Uint8Array[] = [];
    const begin = this.#sequence;
    let events = 0;
    let byteLength = 0;
    try {
      while (this.#sequence < Math.min(end, begin + OWN_EVENTS) && byteLength < OWN_BYTES) {
        if (!this.#isKept) break;
        const sequence = this.#sequence++;
        const entry = this.#log.at(sequence);
        this.#offset = entry.offset;
        if (conflate && this.#log.isSuperseded(sequence)) continue;
        const own = this.#own(entry);
        // A filter may have ended it.
        if (this.#hasEnded) return undefined;
        if (own.length === 0) continue;
        events++;
        for (const part of own) byteLength += parts.push(part) && part.byteLength;
      }
    } catch (error) {
      this.#owner.failed(error);
      return undefined;
    }
    if (events > 0) this.#told();
    else if (this.#shouldTell) this.#cursors.overridden();
    const cost = Math.max(byteLength, (this.#sequence - begin) * LOOK_BYTES);
    if (events === 0) return cost;
    return this.#send(concatenate(parts, byteLength), events) ? cost : undefined;
  }

  /** An event in this reader's form, under its own id: two parts; none when it does not get it. */
  #own(entry: LogEntry): readonly Uint8Array[] {
    const { filter, map } = this.#owner.view;
    if (filter !== undefined && !filter(entry.event)) return [];
    let { rest } = entry;
    if (map !== undefined) {
      const mapped = map(entry.event);
      if (mapped === undefined) return [];
      const record = mapped instanceof ServerSentEvent ? plain(mapped) : makeRecord(entry.event.type, mapped);
      rest = encodeRecord(record, undefined);
    }
    return [toBytes(idLine(this.#cursors.id())), rest];
  }

  #told(): void {
    this.#toldSequence = this.#sequence;
    this.#toldAt = Math.ceil(this.#core.settings.clock.now());
  }

  /** Whether the place that its reader knows is soon one that the log has dropped. */
  get #shouldTell(): boolean {
    const { limits, size, byteLength } = this.#log;
    // A log of large events is full before there are many of them.
    const many = byteLength > limits.bytes / TELL_PART ? size : limits.events;
    const isFar = this.#sequence - this.#toldSequence > many / TELL_PART;
    const isOld = this.#core.settings.clock.now() - this.#toldAt > limits.ageMs / TELL_PART;
    if (isFar || isOld) this.#told();
    return isFar || isOld;
  }
}

function plain(event: ServerSentEvent): { type: string; data: string; json: boolean } {
  return { type: event.type, data: event.data, json: false };
}
