import { Redis } from "ioredis";
import { createClient } from "redis";
import { RedisBroker, type RedisBrokerOptions } from "../../src/brokers/redis-broker.ts";

/** A node's broker, and how to be rid of it. */
export interface RedisNode {
  broker: RedisBroker;
  errors: unknown[];
  /** Runs a command beside the broker. */
  command(...args: string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** By which package a node speaks to Redis. */
export const REDIS_CLIENTS = ["redis", "ioredis"] as const;

/** Makes a node's broker over a client of one package. */
export async function openRedisNode(
  client: (typeof REDIS_CLIENTS)[number],
  port: number,
  options: RedisBrokerOptions = {},
): Promise<RedisNode> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  if (client === "ioredis") {
    const redis = new Redis(port, "127.0.0.1", { retryStrategy: () => 20, maxRetriesPerRequest: null });
    redis.on("error", () => undefined);
    const broker = new RedisBroker(redis, { checkMs: 200, onError, ...options });
    return {
      broker,
      errors,
      command: (name = "", ...args) => redis.call(name, ...args),
      close: async () => {
        await broker.close();
        redis.disconnect();
      },
    };
  }
  const redis = createClient({ socket: { port, host: "127.0.0.1", reconnectStrategy: () => 20 } });
  redis.on("error", () => undefined);
  await redis.connect();
  const broker = new RedisBroker(redis, { checkMs: 200, onError, ...options });
  return {
    broker,
    errors,
    command: (...args) => redis.sendCommand(args),
    close: async () => {
      await broker.close();
      redis.destroy();
    },
  };
}
