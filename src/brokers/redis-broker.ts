/**
 * Keeps the logs of channels in Redis, or Valkey, for any number of processes.
 *
 * ```ts
 * import { Channel } from "dodona/channel";
 * import { RedisBroker } from "dodona/redis";
 * import { createClient } from "redis";
 *
 * const client = await createClient({ url: "redis://localhost" }).connect();
 * const broker = new RedisBroker(client);
 * const prices = new Channel("prices", { broker });
 * ```
 *
 * @module
 */

import type { Broker, BrokerLog, BrokerLogOptions, BrokerStatus } from "../channel/broker.ts";
import { type Clock, systemClock } from "../sse/clock.ts";
import { connectRedis, type RedisClient, type RedisConnections } from "./redis-client.ts";
import { RedisLog, type RedisLogHost } from "./redis-log.ts";
import { APPEND } from "./redis-scripts.ts";

/** How the broker behaves; each option has a default that serves. */
export interface RedisBrokerOptions {
  /** What the names of all keys begin with. @default "dodona:" */
  prefix?: string;
  /** About how many events of each channel Redis keeps. @default 100000 */
  historyEvents?: number;
  /** For how long an idempotency key is remembered, in milliseconds. @default 120000 */
  idempotencyWindowMs?: number;
  /** How many events may wait to be appended, all channels together; one more is refused. @default 1000 */
  maxPending?: number;
  /** How many bytes these may have. @default 8388608 */
  maxPendingBytes?: number;
  /** After how many milliseconds an event that could not be appended is given up. @default 10000 */
  publishTimeoutMs?: number;
  /** How often it is looked whether something was missed, in milliseconds. @default 10000 */
  checkMs?: number;
  /** Told of what fails and nobody waits for: connections, foreign entries. */
  onError?: (error: unknown) => void;
  /** @default the system's */
  clock?: Clock;
}

const DEFAULTS = {
  prefix: "dodona:",
  historyEvents: 100_000,
  idempotencyWindowMs: 120_000,
  maxPending: 1000,
  maxPendingBytes: 8 * 1024 * 1024,
  publishTimeoutMs: 10_000,
  checkMs: 10_000,
  onError: () => undefined,
  clock: systemClock,
};

/** How long what a starting server refused waits, in milliseconds. */
const LOADING_PAUSE_MS = 50;

/**
 * A {@linkcode Broker} on Redis or Valkey, 6.2 or newer. Each channel is a stream; appending, trimming and telling are one
 * script. Ids are valid on every node.
 *
 * Takes the application's client, of the package `redis` or `ioredis`, for commands, and opens one more connection like it
 * to subscribe; the client stays the application's, to be closed after the broker.
 *
 * While Redis is away readers stay, and get what they missed when it is back; publishing waits, up to the limits.
 */
export class RedisBroker implements Broker, RedisLogHost {
  readonly prefix: string;
  readonly historyEvents: number;
  readonly idempotencyWindowMs: number;
  readonly #options: Required<RedisBrokerOptions>;
  readonly #connections: RedisConnections;
  readonly #logs = new Map<string, RedisLog>();
  readonly #listening = new Map<string, RedisLog>();
  #turns = 0;
  #parked: { turn: number; resolve: () => void }[] = [];
  #pending = 0;
  #pendingBytes = 0;
  #lastError: unknown;
  #cancelCheck: (() => void) | undefined;
  #closed = false;

  /** Throws a `TypeError` for a client that is of neither package, and a `RangeError` for an option that is no positive number. */
  constructor(client: RedisClient, options: RedisBrokerOptions = {}) {
    this.#options = { ...DEFAULTS, ...options };
    for (const [name, value] of Object.entries(this.#options)) {
      if (typeof value !== "number" || value > 0) continue;
      throw new RangeError(`Cannot make a Redis broker with ${name} ${value}: not a positive number`);
    }
    this.prefix = this.#options.prefix;
    this.historyEvents = this.#options.historyEvents;
    this.idempotencyWindowMs = this.#options.idempotencyWindowMs;
    this.#connections = connectRedis(client, {
      onMessage: (name, message) => this.#listening.get(name)?.onMessage(message),
      onReady: () => this.#check(),
      onError: (error) => this.tell(error),
    });
  }

  get status(): BrokerStatus {
    return { connected: this.#connections.connected, pending: this.#pending, lastError: this.#lastError };
  }

  open(channel: string, options: BrokerLogOptions): BrokerLog {
    let log = this.#logs.get(channel);
    if (log === undefined) {
      log = new RedisLog(this, channel, options);
      this.#logs.set(channel, log);
    }
    return log;
  }

  /** Ends the subscribing connection. The client that was given stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelCheck?.();
    this.#connections.close();
    this.#logs.clear();
    this.#listening.clear();
  }

  async append(keys: readonly string[], args: readonly string[], bytes: number): Promise<unknown> {
    const { maxPending, maxPendingBytes, publishTimeoutMs } = this.#options;
    if (this.#closed) throw new Error("Cannot append to the log: its broker is closed");
    if (this.#pending >= maxPending || this.#pendingBytes + bytes > maxPendingBytes) {
      throw new Error(`Cannot append to the log: ${this.#pending} events wait for Redis already`);
    }
    this.#pending++;
    this.#pendingBytes += bytes;
    const appended = this.#runInOrder(APPEND, keys, args).finally(() => {
      this.#pending--;
      this.#pendingBytes -= bytes;
    });
    return this.#inTime(appended, publishTimeoutMs);
  }

  run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#connections.command(["EVAL", script, String(keys.length), ...keys, ...args]);
  }

  async listen(name: string, log: RedisLog): Promise<void> {
    this.#listening.set(name, log);
    this.#checkLater();
    await this.#connections.subscribe(name);
  }

  unlisten(name: string, log: RedisLog): void {
    if (this.#listening.get(name) !== log) return;
    this.#listening.delete(name);
    this.#connections.unsubscribe(name).catch((error) => this.tell(error));
  }

  tell(error: unknown): void {
    this.#lastError = error;
    this.#options.onError(error);
  }

  /** A server that is just starting says so to all that is sent meanwhile: that is sent again, as it was called. */
  async #runInOrder(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const turn = this.#turns++;
    if (this.#parked.length > 0) await this.#park(turn);
    for (;;) {
      try {
        return await this.run(script, keys, args);
      } catch (error) {
        if (!String(error).includes("LOADING")) throw error;
      }
      await this.#park(turn);
    }
  }

  #park(turn: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#parked.push({ turn, resolve }) > 1) return;
      this.#options.clock.after(LOADING_PAUSE_MS, () => {
        const parked = this.#parked.sort((one, other) => one.turn - other.turn);
        this.#parked = [];
        for (const each of parked) each.resolve();
      });
    });
  }

  /** Redis may still take it later; whoever publishes again with the same idempotency key does not double it. */
  #inTime(appended: Promise<unknown>, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(timeoutMs, () => {
        reject(new Error(`Cannot append to the log: Redis has not answered within ${timeoutMs} ms`));
      });
      appended.then(resolve, reject).finally(cancel);
    });
  }

  #check(): void {
    for (const log of this.#listening.values()) log.check();
  }

  #checkLater(): void {
    this.#cancelCheck ??= this.#options.clock.after(this.#options.checkMs, () => {
      this.#cancelCheck = undefined;
      this.#check();
      if (this.#listening.size > 0) this.#checkLater();
    });
  }
}
