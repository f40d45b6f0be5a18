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
import type { Clock } from "../sse/clock.ts";
import { PendingAppends } from "./pending-appends.ts";
import type { RedisClient } from "./redis-client.ts";
import { connectRedis, type RedisConnections } from "./redis-connections.ts";
import { RedisLog, type RedisLogHost } from "./redis-log.ts";
import { APPEND, VERSION } from "./redis-scripts.ts";
import { type RemoteBrokerOptions, readRemoteBrokerOptions } from "./remote-broker-options.ts";
import { checkVersion, isOlder } from "./server-version.ts";

/** How the broker behaves; each option has a default that serves. */
export interface RedisBrokerOptions extends RemoteBrokerOptions {
  /** What the names of all keys begin with. @default "dodona:" */
  prefix?: string;
}

/** The oldest that has exclusive ranges of streams (`XRANGE key (7-0 +`). */
const OLDEST = "6.2";
/** The oldest that has sharded channels (`SSUBSCRIBE`, `SPUBLISH`). */
const OLDEST_SHARDED = "7.0";

/** How long what a starting server refused waits, in milliseconds. */
const LOADING_PAUSE_MS = 50;

/**
 * A {@linkcode Broker} on Redis or Valkey, 6.2 or newer. Each channel is a stream; appending, trimming and telling are one
 * script. Ids are valid on every node.
 *
 * Takes the application's client, of the package `redis` or `ioredis`, of one server or of a cluster, for commands, and
 * opens one more connection like it to subscribe (in a cluster one to each server); the client stays the application's, to
 * be closed after the broker. In a cluster what is published stays with the server of its channel, from version 7.0 on.
 *
 * While Redis is away readers stay, and get what they missed when it is back; publishing waits, up to the limits.
 */
export class RedisBroker implements Broker, RedisLogHost {
  readonly prefix: string;
  readonly historyEvents: number;
  readonly idempotencyWindowMs: number;
  readonly #clock: Clock;
  readonly #checkMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #connections: RedisConnections;
  readonly #appends: PendingAppends;
  readonly #logs = new Map<string, RedisLog>();
  readonly #listening = new Map<string, RedisLog>();
  /** What the server is, once it was asked. */
  #server: Promise<{ sharded: boolean }> | undefined;
  #isUsable = true;
  #turns = 0;
  #parked: { turn: number; resolve: () => void }[] = [];
  #lastError: unknown;
  #errors = 0;
  #cancelCheck: (() => void) | undefined;
  #closed = false;

  /** Throws a `TypeError` for a client that is of neither package, and a `RangeError` for an option that is no positive number. */
  constructor(client: RedisClient, options: RedisBrokerOptions = {}) {
    const { prefix = "dodona:", ...others } = options;
    const settings = readRemoteBrokerOptions(others);
    this.prefix = prefix;
    this.historyEvents = settings.historyEvents;
    this.idempotencyWindowMs = settings.idempotencyWindowMs;
    this.#clock = settings.clock;
    this.#checkMs = settings.checkMs;
    this.#onError = settings.onError;
    this.#appends = new PendingAppends("Redis", settings);
    this.#connections = connectRedis(client, {
      onMessage: (name, message) => this.#listening.get(name)?.onMessage(message),
      onReady: () => this.#check(),
      onError: (error) => this.tell(error),
    });
  }

  get status(): BrokerStatus {
    return {
      connected: this.#connections.connected && this.#isUsable,
      pending: this.#appends.count,
      lastError: this.#lastError,
      errors: this.#errors,
    };
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
    this.#appends.close();
    this.#cancelCheck?.();
    this.#connections.close();
    for (const log of this.#logs.values()) log.close();
    this.#logs.clear();
    this.#listening.clear();
  }

  append(keys: readonly string[], args: readonly string[], bytes: number): Promise<unknown> {
    return this.#appends.run(bytes, () => this.#appendInOrder(keys, args));
  }

  async run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    await this.#ask(keys);
    return this.#eval(script, keys, args);
  }

  async listen(name: string, log: RedisLog): Promise<void> {
    this.#listening.set(name, log);
    this.#checkLater();
    const { sharded } = await this.#ask([name]);
    // Whoever wanted it may have gone meanwhile.
    if (this.#listening.get(name) === log) await this.#connections.subscribe(name, sharded);
  }

  unlisten(name: string, log: RedisLog): void {
    if (this.#listening.get(name) !== log) return;
    this.#listening.delete(name);
    this.#unsubscribe(name).catch((error) => this.tell(error));
  }

  tell(error: unknown): void {
    this.#lastError = error;
    this.#errors++;
    this.#onError(error);
  }

  async #unsubscribe(name: string): Promise<void> {
    // One that was never told what the server is has never subscribed.
    if (this.#server === undefined) return;
    const { sharded } = await this.#server;
    if (!this.#listening.has(name)) await this.#connections.unsubscribe(name, sharded);
  }

  #eval(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#connections.command(["EVAL", script, String(keys.length), ...keys, ...args], keys[0] ?? "");
  }

  /** Asks the server what it is, once for all; rejects while it can't be used. */
  #ask(keys: readonly string[]): Promise<{ sharded: boolean }> {
    if (this.#server === undefined) {
      this.#server = this.#askVersion(keys);
      this.#server.then(
        () => {
          this.#isUsable = true;
        },
        () => {
          this.#isUsable = false;
          this.#server = undefined;
        },
      );
    }
    return this.#server;
  }

  async #askVersion(keys: readonly string[]): Promise<{ sharded: boolean }> {
    const version = String(await this.#eval(VERSION, keys.slice(0, 1), []));
    checkVersion("Redis", version, OLDEST);
    return { sharded: this.#connections.isCluster && !(version !== "" && isOlder(version, OLDEST_SHARDED)) };
  }

  /** A server that is just starting says so to all that is sent meanwhile: that is sent again, as it was called. */
  async #appendInOrder(keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const turn = this.#turns++;
    if (this.#parked.length > 0) await this.#park(turn);
    for (;;) {
      try {
        const { sharded } = await this.#ask(keys);
        return await this.#eval(APPEND, keys, [...args, sharded ? "SPUBLISH" : "PUBLISH"]);
      } catch (error) {
        if (!String(error).includes("LOADING")) throw error;
      }
      await this.#park(turn);
    }
  }

  #park(turn: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#parked.push({ turn, resolve }) > 1) return;
      this.#clock.after(LOADING_PAUSE_MS, () => {
        const parked = this.#parked.sort((one, other) => one.turn - other.turn);
        this.#parked = [];
        for (const each of parked) each.resolve();
      });
    });
  }

  #check(): void {
    for (const log of this.#listening.values()) log.check();
  }

  #checkLater(): void {
    this.#cancelCheck ??= this.#clock.after(this.#checkMs, () => {
      this.#cancelCheck = undefined;
      this.#check();
      if (this.#listening.size > 0 && !this.#closed) this.#checkLater();
    });
  }
}
