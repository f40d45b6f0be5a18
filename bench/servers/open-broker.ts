/**
 * The broker that keeps the log of this package's channel.
 *
 * @module
 */

import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Redis } from "ioredis";
import { createClient } from "redis";
import type { Broker } from "../../src/channel.ts";
import { importDodonaNats, importDodonaRedis } from "../dodona.ts";

/** Opens one, by its name and its port: `redis 6379`. */
export async function openBroker(address: string): Promise<Broker> {
  const [kind, port] = address.split(" ");
  if (kind === "nats") {
    const { NatsBroker } = await importDodonaNats();
    const connection = await connect({ servers: `127.0.0.1:${port}` });
    return new NatsBroker({
      connection,
      jetstream: jetstream(connection),
      manager: await jetstreamManager(connection),
    });
  }
  const { RedisBroker } = await importDodonaRedis();
  if (kind === "ioredis") return new RedisBroker(new Redis(Number(port), "127.0.0.1"));
  const client = createClient({ socket: { port: Number(port), host: "127.0.0.1" } });
  await client.connect();
  return new RedisBroker(client);
}
