/**
 * The present state of what a channel tells about, for readers who can't go on from where they were.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";
import { ServerSentEvent, serializeData } from "../sse/server-sent-event.ts";
import { checkEventType } from "../wire/frame.ts";
import type { LogPosition } from "./event-id.ts";
import type { EventLog } from "./event-log.ts";
import { type EventRecord, encodeRecord } from "./event-record.ts";

/** What `channel.snapshot` is given: the state, or events that make it up. May take its time. */
export type SnapshotFunction = () => unknown;

/** A state, and the place in the log that it stands for: what came after it follows. */
export interface Snapshot extends LogPosition {
  /** At least one event, encoded without an id: a part of a state is no place to resume from. */
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

  /** Throws a `TypeError` for a type that no event can have. */
  constructor(make: SnapshotFunction, type: string, clock: Clock) {
    this.#make = make;
    this.#type = checkEventType(type);
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
    const stamp = (state: unknown): Snapshot => {
      const frames = this.#records(state).map((record) => encodeRecord(record, undefined));
      return { epoch, offset, frames };
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

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
