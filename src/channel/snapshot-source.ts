/**
 * The present state of what a channel tells about, for readers who can't go on from where they were.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";
import { ServerSentEvent, serializeData } from "../sse/server-sent-event.ts";
import type { LogPosition } from "./event-id.ts";
import type { EventLog } from "./event-log.ts";
import { type EventRecord, encodeRecord } from "./event-record.ts";

/** What `channel.snapshot` is given: the state, or events that make it up. May take its time. */
export type SnapshotFunction = () => unknown;

/** A state, and the place in the log that it stands for: what came after it follows. */
export interface Snapshot extends LogPosition {
  /** Events without an id, in order. */
  readonly records: readonly EventRecord[];
  /** The same encoded, under the plain id of the place: for all who share it. */
  readonly frames: readonly Uint8Array[];
}

/**
 * Runs the function for many readers at once: who asks while it runs, or in the same turn, gets the same snapshot.
 *
 * It is stamped with the log's head as it was before the function was called. Events that are published meanwhile follow
 * it, and so may tell of what it shows already; none is missed.
 */
export class SnapshotSource {
  readonly #make: SnapshotFunction;
  readonly #type: string;
  readonly #clock: Clock;
  #latest: (LogPosition & { readonly snapshot: Snapshot | Promise<Snapshot> }) | undefined;

  constructor(make: SnapshotFunction, type: string, clock: Clock) {
    this.#make = make;
    this.#type = type;
    this.#clock = clock;
  }

  /**
   * Gives the state of a place that the log can go on from, at or after `least`; a promise when it takes time. Throws,
   * or rejects with, what the function does.
   */
  take(log: EventLog, least: number): Snapshot | Promise<Snapshot> {
    const latest = this.#latest;
    const isLate = latest?.epoch !== log.epoch || latest.offset < Math.max(log.floor, least);
    return latest === undefined || isLate ? this.#run(log) : latest.snapshot;
  }

  #run(log: EventLog): Snapshot | Promise<Snapshot> {
    const { epoch, head: offset } = log;
    const id = log.id(offset);
    const stamp = (state: unknown): Snapshot => {
      const records = this.#records(state);
      return { epoch, offset, records, frames: encodeSnapshot(records, id) };
    };
    const made = this.#make();
    const snapshot = isThenable(made) ? Promise.resolve(made).then(stamp) : stamp(made);
    const latest = { epoch, offset, snapshot };
    this.#latest = latest;
    const forget = () => {
      if (this.#latest === latest) this.#latest = undefined;
    };
    if (snapshot instanceof Promise) snapshot.then(forget, forget);
    else this.#clock.after(0, forget);
    return snapshot;
  }

  #records(state: unknown): EventRecord[] {
    const events = Array.isArray(state) && state[0] instanceof ServerSentEvent ? state : [state];
    return events.map((event) => {
      if (event instanceof ServerSentEvent) return { type: event.type, data: event.data, json: false };
      return { type: this.#type, data: serializeData(event), json: typeof event !== "string" };
    });
  }
}

/** Encodes a snapshot. Its last event alone carries the id: a part of a state is no place to resume from. */
export function encodeSnapshot(records: readonly EventRecord[], id: string): Uint8Array[] {
  return records.map((record, at) => encodeRecord(record, at === records.length - 1 ? id : undefined));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
