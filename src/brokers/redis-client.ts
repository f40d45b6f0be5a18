/**
 * The slice of a Redis client that is called, and one face for the two clients there are.
 *
 * @module
 */

/** Hears an event of a client. */
// biome-ignore lint/suspicious/noExplicitAny: as the clients' own types have it
type RedisEventListener = (...args: any[]) => void;

/** What is called of a client of the package `redis`. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  sendCommand(args: readonly string[]): Promise<unknown>;
  duplicate(): NodeRedisClient;
  connect(): Promise<unknown>;
  destroy(): void;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: string, listener: RedisEventListener): unknown;
}

/** What is called of a client of the package `ioredis`. */
export interface IORedisClient {
  readonly status: string;
  call(command: string, ...args: string[]): Promise<unknown>;
  duplicate(): IORedisClient;
  connect?(): Promise<unknown>;
  disconnect(): void;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: string, listener: RedisEventListener): unknown;
}

/** A client of either package. */
export type RedisClient = NodeRedisClient | IORedisClient;

/** What the broker hears of its connections. */
export interface RedisListener {
  /** Something was published on a channel that is subscribed to. */
  onMessage(channel: string, message: string): void;
  /** The subscribing connection is there, for the first time or again: what was published meanwhile was not heard. */
  onReady(): void;
  /** A connection failed; it is tried again. */
  onError(error: unknown): void;
}

/** Two connections: the one that was given, for commands, and a copy of it that subscribes. */
export interface RedisConnections {
  /** Whether both are there. */
  readonly connected: boolean;
  /** Runs a command. Rejects as the client does. */
  command(args: readonly string[]): Promise<unknown>;
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Ends the subscribing connection; the other one is its owner's. */
  close(): void;
}

/** Makes the connections of a client. Throws a `TypeError` for what is neither of the two kinds. */
export function connectRedis(client: RedisClient, listener: RedisListener): RedisConnections {
  if (isObject(client) && "sendCommand" in client && "isReady" in client) {
    return new NodeRedisConnections(client as NodeRedisClient, listener);
  }
  if (isObject(client) && "call" in client && "status" in client) {
    return new IORedisConnections(client as IORedisClient, listener);
  }
  throw new TypeError(
    "Cannot make a Redis broker of the client: it is neither of the package redis nor of ioredis",
  );
}

class NodeRedisConnections implements RedisConnections {
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
    if (!this.#client.isOpen) this.#connect(this.#client);
    return this.#client.sendCommand(args);
  }

  async subscribe(channel: string): Promise<void> {
    if (this.#opening === undefined) this.#opening = this.#connect(this.#subscriber);
    await this.#opening;
    await this.#subscriber.subscribe(channel, (message) => this.#listener.onMessage(channel, message));
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber.unsubscribe(channel);
  }

  close(): void {
    if (this.#subscriber.isOpen) this.#subscriber.destroy();
  }

  /** The client goes on trying by itself; what it says meanwhile comes as its errors. */
  #connect(client: NodeRedisClient): Promise<unknown> {
    const connecting = client.connect();
    connecting.catch((error) => this.#listener.onError(error));
    return connecting;
  }
}

class IORedisConnections implements RedisConnections {
  readonly #client: IORedisClient;
  readonly #listener: RedisListener;
  #subscriber: IORedisClient | undefined;

  constructor(client: IORedisClient, listener: RedisListener) {
    this.#client = client;
    this.#listener = listener;
    client.on("error", (error: unknown) => listener.onError(error));
  }

  get connected(): boolean {
    const isReady = (client: IORedisClient | undefined) => client === undefined || client.status === "ready";
    return isReady(this.#client) && isReady(this.#subscriber);
  }

  async command([name = "", ...args]: readonly string[]): Promise<unknown> {
    return this.#client.call(name, ...args);
  }

  async subscribe(channel: string): Promise<void> {
    this.#subscriber ??= this.#open();
    await this.#subscriber.subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber?.unsubscribe(channel);
  }

  close(): void {
    this.#subscriber?.disconnect();
  }

  #open(): IORedisClient {
    const subscriber = this.#client.duplicate();
    subscriber.on("message", (channel: string, message: string) =>
      this.#listener.onMessage(channel, message),
    );
    subscriber.on("ready", () => this.#listener.onReady());
    subscriber.on("error", (error: unknown) => this.#listener.onError(error));
    return subscriber;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
