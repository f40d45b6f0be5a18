/**
 * The logs of channels in Redis or Valkey, shared by many processes.
 *
 * @module
 */

export { RedisBroker, type RedisBrokerOptions } from "./brokers/redis-broker.ts";
export type {
  IORedisClient,
  IORedisCluster,
  NodeRedisClient,
  NodeRedisCluster,
  RedisClient,
} from "./brokers/redis-client.ts";
export type { RemoteBrokerOptions } from "./brokers/remote-broker-options.ts";
