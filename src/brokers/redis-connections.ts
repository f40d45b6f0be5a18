/**
 * One face for the Redis clients there are: of two packages, of one server or of a cluster.
 *
 * @module
 */

import type {
  IORedisClient,
  IORedisCluster,
  NodeRedisClient,
  NodeRedisCluster,
  RedisClient,
} from "./redis-client.ts";

/** What the broker hears of its connections. */
export interface RedisListener {
  /** Something was published on a channel that is subscribed to. */
  onMessage(channel: string, message: string): void;
  /** A subscribing connection is there, for the first time or again: what was published meanwhile was not heard. */
  onReady(): void;
  /** A connection failed; it is tried again. */
  onError(error: unknown): void;
}

/** Two connections, to one server or to each of a cluster: that which was given, for commands, and one that subscribes. */
export interface RedisConnections {
  /** Whether all are there, as far as the client tells. */
  readonly connected: boolean;
  /** Whether it is a cluster: what is published is then to stay with the server of its key, where the servers can. */
  readonly isCluster: boolean;
  /** Runs a command, at the server that has `key`. Rejects as the client does. */
  command(args: readonly string[], key: string): Promise<unknown>;
  /** Subscribes; when `sharded`, to what is published with `SPUBLISH`. */
  subscribe(channel: string, sharded: boolean): Promise<void>;
  unsubscribe(channel: string, sharded: boolean): Promise<void>;
  /** Ends what subscribes; the client that was given is its owner's. */
  close(): void;
}

/** Makes the connections of a client. Throws a `TypeError` for what is neither of the two packages. */
export function connectRedis(client: RedisClient, listener: RedisListener): RedisConnections {
  if (isObject(client) && "sendCommand" in client && "isReady" in client) {
    return "masters" in client
      ? new NodeRedisClusterConnections(client as NodeRedisCluster, listener)
      : new NodeRedisConnections(client as NodeRedisClient, listener);
  }
  if (isObject(client) && "call" in client && "status" in client) {
    return new IORedisConnections(client as IORedisClient | IORedisCluster, listener);
  }
  throw new TypeError(
    "Cannot make a Redis broker of the client: it is neither of the package redis nor of ioredis",
  );
}

class NodeRedisConnections implements RedisConnections {
  readonly isCluster = false;
  readonly #client: NodeRedisClient;
  readonly #subscriber: NodeRedisClient;
  readonly #listener: RedisListener;
  #opening: Promise<unknown> | undefined;

  constructor(client: NodeRedisClient, listener: RedisListener) {
    this.#client = client;
    this.#listener = listener;
    this.#subscriber = client.duplicate();
    this.#subscriber.on("ready", () => listener.onReady());
    this.#subscriber.on("error", (error: unknown) => listener.onError(error));
    client.on("error", (error: unknown) => listener.onError(error));
  }

  get connected(): boolean {
    return this.#client.isReady && (this.#opening === undefined || this.#subscriber.isReady);
  }

  async command(args: readonly string[]): Promise<unknown> {
    // What is sent meanwhile waits in the client, in its order, and fails with it.
    if (!this.#client.isOpen) this.#client.connect().catch((error) => this.#listener.onError(error));
    return this.#client.sendCommand(args);
  }

  async subscribe(channel: string): Promise<void> {
    this.#opening ??= this.#subscriber.connect().catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    await this.#opening;
    await this.#subscriber.subscribe(channel, (message) => this.#listener.onMessage(channel, message));
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber.unsubscribe(channel);
  }

  close(): void {
    if (this.#subscriber.isOpen) this.#subscriber.destroy();
  }
}

/** The client itself has connections that subscribe, one to each server with a channel of ours. */
class NodeRedisClusterConnections implements RedisConnections {
  readonly isCluster = true;
  readonly #client: NodeRedisCluster;
  readonly #listener: RedisListener;
  readonly #subscribed = new Map<string, { sharded: boolean; hear: (message: unknown) => void }>();
  /** The servers that are being looked for again: the client calls itself ready nevertheless. */
  readonly #away = new Set<string>();
  #opening: Promise<unknown> | undefined;

  constructor(client: NodeRedisCluster, listener: RedisListener) {
    this.#client = client;
    this.#listener = listener;
    client.on("node-reconnecting", (server) => this.#away.add(JSON.stringify(server)));
    client.on("node-disconnect", (server) => this.#away.delete(JSON.stringify(server)));
    client.on("node-ready", (server) => {
      this.#away.delete(JSON.stringify(server));
      listener.onReady();
    });
    client.on("node-error", (error: unknown) => listener.onError(error));
    client.on("error", (error: unknown) => listener.onError(error));
  }

  get connected(): boolean {
    return this.#client.isReady && this.#away.size === 0;
  }

  async command(args: readonly string[], key: string): Promise<unknown> {
    await this.#open();
    return this.#client.sendCommand(key, false, [...args]);
  }

  async subscribe(channel: string, sharded: boolean): Promise<void> {
    await this.#open();
    if (this.#subscribed.has(channel)) await this.unsubscribe(channel);
    const hear = (message: unknown) => this.#listener.onMessage(channel, String(message));
    this.#subscribed.set(channel, { sharded, hear });
    await (sharded ? this.#client.sSubscribe(channel, hear) : this.#client.subscribe(channel, hear));
  }

  async unsubscribe(channel: string): Promise<void> {
    const subscribed = this.#subscribed.get(channel);
    if (subscribed === undefined) return;
    this.#subscribed.delete(channel);
    const { sharded, hear } = subscribed;
    await (sharded ? this.#client.sUnsubscribe(channel, hear) : this.#client.unsubscribe(channel, hear));
  }

  close(): void {
    for (const channel of [...this.#subscribed.keys()]) {
      this.unsubscribe(channel).catch((error) => this.#listener.onError(error));
    }
  }

  /** Once for all who ask meanwhile: a cluster's client can't be opened twice. */
  async #open(): Promise<void> {
    if (this.#client.isReady) return;
    if (!this.#client.isOpen) {
      this.#opening ??= this.#client.connect().finally(() => {
        this.#opening = undefined;
      });
    }
    await this.#opening;
  }
}

class IORedisConnections implements RedisConnections {
  readonly isCluster: boolean;
  readonly #client: IORedisClient | IORedisCluster;
  readonly #listener: RedisListener;
  #subscriber: IORedisClient | IORedisCluster | undefined;

  constructor(client: IORedisClient | IORedisCluster, listener: RedisListener) {
    this.#client = client;
    this.isCluster = isCluster(client);
    this.#listener = listener;
    client.on("error", (error: unknown) => listener.onError(error));
  }

  get connected(): boolean {
    const isReady = (client: IORedisClient | IORedisCluster | undefined) =>
      client === undefined || client.status === "ready";
    return isReady(this.#client) && isReady(this.#subscriber);
  }

  async command([name = "", ...args]: readonly string[]): Promise<unknown> {
    return this.#client.call(name, ...args);
  }

  async subscribe(channel: string, sharded: boolean): Promise<void> {
    const subscriber = this.#open();
    await (sharded && isCluster(subscriber) ? subscriber.ssubscribe(channel) : subscriber.subscribe(channel));
  }

  async unsubscribe(channel: string, sharded: boolean): Promise<void> {
    const subscriber = this.#open();
    await (sharded && isCluster(subscriber)
      ? subscriber.sunsubscribe(channel)
      : subscriber.unsubscribe(channel));
  }

  close(): void {
    this.#subscriber?.disconnect();
  }

  #open(): IORedisClient | IORedisCluster {
    if (this.#subscriber !== undefined) return this.#subscriber;
    const client = this.#client;
    const subscriber = isCluster(client)
      ? client.duplicate([], { shardedSubscribers: true })
      : client.duplicate();
    for (const event of ["message", "smessage"]) {
      subscriber.on(event, (channel: string, message: string) => this.#listener.onMessage(channel, message));
    }
    // A cluster's client tells of new connections to subscribe by the last two.
    for (const event of ["ready", "+subscriber", "subscribersReady"]) {
      subscriber.on(event, () => this.#listener.onReady());
    }
    subscriber.on("error", (error: unknown) => this.#listener.onError(error));
    this.#subscriber = subscriber;
    return subscriber;
  }
}

function isCluster(client: IORedisClient | IORedisCluster): client is IORedisCluster {
  return "isCluster" in client && client.isCluster === true;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
