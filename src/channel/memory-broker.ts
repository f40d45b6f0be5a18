/**
 * Keeps the logs of channels in this process: the reference for every other broker.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";
import type {
  AppendOptions,
  Broker,
  BrokerLog,
  BrokerLogOptions,
  BrokerStatus,
  Following,
} from "./broker.ts";
import { type LogPosition, newEpoch } from "./event-id.ts";
import { EventLog } from "./event-log.ts";
import type { EventRecord } from "./event-record.ts";

/** For how long an idempotency key is remembered, and how many of a channel at most: the oldest go first. */
const IDEMPOTENCY_WINDOW_MS = 120_000;
const MAX_IDEMPOTENCY_KEYS = 10_000;

/** A {@linkcode Broker} without a network. What the limits of a log drop is gone, and so is all at the process's end. */
export class MemoryBroker implements Broker {
  readonly #logs = new Map<string, MemoryLog>();

  /** The limits are those of whoever opens a log first. */
  open(channel: string, options: BrokerLogOptions): BrokerLog {
    let log = this.#logs.get(channel);
    if (log === undefined) {
      log = new MemoryLog(options);
      this.#logs.set(channel, log);
    }
    return log;
  }

  get status(): BrokerStatus {
    return { connected: true, pending: 0, lastError: undefined };
  }

  async close(): Promise<void> {
    for (const log of this.#logs.values()) log.close();
    this.#logs.clear();
  }
}

class MemoryLog implements BrokerLog {
  readonly local: EventLog;
  readonly #followers = new Set<() => void>();
  readonly #clock: Clock;
  /** Where the event of an idempotency key stands, and when it came. */
  readonly #once = new Map<string, { readonly place: LogPosition; readonly at: number }>();
  #closed = false;

  constructor({ tag, limits, clock }: BrokerLogOptions) {
    this.#clock = clock;
    this.local = new EventLog(tag, { epoch: newEpoch(), offset: 0 }, limits, clock);
  }

  async append(record: EventRecord, { idempotencyKey }: AppendOptions = {}): Promise<LogPosition> {
    if (this.#closed) throw new Error("Cannot append to the log: its broker is closed");
    if (idempotencyKey === undefined) return this.#append(record);
    this.#forgetOld();
    const known = this.#once.get(idempotencyKey);
    if (known !== undefined) return known.place;
    const place = this.#append(record);
    for (const oldest of this.#once.keys()) {
      if (this.#once.size < MAX_IDEMPOTENCY_KEYS) break;
      this.#once.delete(oldest);
    }
    this.#once.set(idempotencyKey, { place, at: this.#clock.now() });
    return place;
  }

  #append(record: EventRecord): LogPosition {
    const { offset } = this.local.append(this.local.head + 1, record);
    for (const changed of this.#followers) changed();
    return { epoch: this.local.epoch, offset };
  }

  async head(): Promise<LogPosition> {
    return { epoch: this.local.epoch, offset: this.local.head };
  }

  follow(changed: () => void): Following {
    const follower = () => changed();
    this.#followers.add(follower);
    return {
      log: this.local,
      opened: Promise.resolve(this.local),
      close: () => this.#followers.delete(follower),
    };
  }

  close(): void {
    this.#closed = true;
    this.#followers.clear();
    this.#once.clear();
    this.local.clear();
  }

  /** The keys stand in the order of their coming. */
  #forgetOld(): void {
    const oldest = this.#clock.now() - IDEMPOTENCY_WINDOW_MS;
    for (const [key, { at }] of this.#once) {
      if (at > oldest) return;
      this.#once.delete(key);
    }
  }
}
