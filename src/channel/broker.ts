/**
 * Where the logs of channels live: the port between a channel and whatever keeps its events, for this process alone or
 * for many.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";
import type { LogPosition } from "./event-id.ts";
import type { EventLog, LogLimits } from "./event-log.ts";
import type { EventRecord } from "./event-record.ts";

/**
 * PORT. Keeps the logs of channels.
 *
 * Appending and telling are one act: every process that follows a log, the publisher's too, sees each event once, in one
 * order, at its offset. What a process missed during an outage is read again, or the log says that it is lost
 * (`EventLog.skip`, `EventLog.restart`): it is never passed over in silence.
 */
export interface Broker {
  /** Gives the log of a channel, without waiting for anything. Channels of one name, anywhere, share their log. */
  open(channel: string, options: BrokerLogOptions): BrokerLog;
  /** How it is now. */
  readonly status: BrokerStatus;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** How a broker is. */
export interface BrokerStatus {
  /** Whether events can be appended and heard of now. */
  readonly connected: boolean;
  /** How many events wait to be appended. */
  readonly pending: number;
  /** What failed last, if anything ever did. */
  readonly lastError: unknown;
  /** How often something failed that nobody waited for. Left out where nothing can. */
  readonly errors?: number;
}

/** What may be said of an event that is appended. */
export interface AppendOptions {
  /** An event of the same key that the log has had a while ago is not appended again: its place is given. */
  readonly idempotencyKey?: string | undefined;
}

/** What a channel says of its log. */
export interface BrokerLogOptions {
  /** How much of it stands in memory. */
  readonly limits: LogLimits;
  readonly clock: Clock;
  /** Stands for the channel's name in ids. */
  readonly tag: string;
}

/** One log, as its channel sees it. */
export interface BrokerLog {
  /** The log itself, where it lives in this process. */
  readonly local?: EventLog;

  /**
   * Adds an event, and resolves with its place once the log has it. Calls made one after another keep their order.
   *
   * Rejects with a `RangeError` for an event that is too large, and with an `Error` when it can't be said that the log
   * has it.
   */
  append(record: EventRecord, options?: AppendOptions): Promise<LogPosition>;

  /** Resolves with the place of the newest event. */
  head(): Promise<LogPosition>;

  /**
   * Keeps the newest events in memory from now on. `changed` is called after the log was changed, in the same turn, and
   * must not throw. Called by a channel with its first reader; a log that nobody follows costs nothing.
   */
  follow(changed: () => void): Following;

  /**
   * Reads what no longer stands in memory: the oldest events after `after`, at most `limit`, in order. Left out where
   * the log goes no further back than memory.
   */
  read?(after: LogPosition, limit: number): Promise<HistoryPage>;
}

/** A log that is kept up to date. */
export interface Following {
  /** The newest events; `undefined` until the log is there. */
  readonly log: EventLog | undefined;
  /** Resolves when the log is there, which may take as long as its broker is away. Rejects once it was closed. */
  readonly opened: Promise<EventLog>;
  /** How far the newest event that was heard of is ahead of `log`, in offsets. Left out where it never is. */
  readonly lag?: number;
  /** Stops. `changed` is not called again. */
  close(): void;
}

/** Some events of the past. */
export interface HistoryPage {
  /** The life of the log that they are of. */
  readonly epoch: string;
  /**
   * Nothing after this offset is missing. Above what was asked for when the rest is lost; below it when the log has lost
   * that place with its newest events, and others came after.
   */
  readonly from: number;
  /** In order; none when there is nothing after. */
  readonly events: readonly PlacedRecord[];
}

/** An event and its place. */
export interface PlacedRecord {
  readonly offset: number;
  readonly record: EventRecord;
}
