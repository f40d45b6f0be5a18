/**
 * The slices of the Redis clients that are called.
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

/** What is called of a cluster's client of the package `redis`, which keeps connections of its own to subscribe. */
export interface NodeRedisCluster {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly masters: readonly unknown[];
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
  sSubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  sUnsubscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
  on(event: string, listener: RedisEventListener): unknown;
}

/** What is called of any client of the package `ioredis`. */
interface IORedisCalls {
  readonly status: string;
  call(command: string, ...args: string[]): Promise<unknown>;
  disconnect(): void;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: string, listener: RedisEventListener): unknown;
}

/** What is called of a client of the package `ioredis`. */
export interface IORedisClient extends IORedisCalls {
  duplicate(): IORedisClient;
}

/** What is called of a `Cluster` of the package `ioredis`. */
export interface IORedisCluster extends IORedisCalls {
  readonly isCluster: true;
  duplicate(startupNodes: [], options: { shardedSubscribers: true }): IORedisCluster;
  ssubscribe(channel: string): Promise<unknown>;
  sunsubscribe(channel: string): Promise<unknown>;
}

/** A client of either package, of one server or of a cluster. */
export type RedisClient = NodeRedisClient | NodeRedisCluster | IORedisClient | IORedisCluster;
