/**
 * This package's channel whose log is kept by a broker: the one that the environment names, as `redis 6379`.
 *
 * @module
 */

import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Redis } from "ioredis";
import { createClient } from "redis";
import type { Broker } from "../../src/channel.ts";
import { importDodona, importDodonaChannel, importDodonaNats, importDodonaRedis } from "../dodona.ts";
import { serveContender } from "./contender.ts";

const [kind, port] = (process.env.BENCH_BROKER ?? "memory").split(" ");
const { Application } = await importDodona();
const { Channel } = await importDodonaChannel();
const app = new Application();
const broker = await openBroker();
const channel = new Channel<Record<string, Readonly<Record<string, string | number>>>>("ticks", {
  ...(broker && { broker }),
});

app.use((context) => channel.stream(context).then(() => undefined));

await serveContender({
  listen() {
    return new Promise((resolve, reject) => {
      app.addEventListener("listen", (event) => resolve(event.port));
      app.listen({ port: 0, hostname: "127.0.0.1" }).catch(reject);
    });
  },

  publish(tick) {
    void channel.publish(tick.type, tick.data);
  },

  pour() {
    throw new TypeError("Cannot pour events: a channel has no source");
  },
});

async function openBroker(): Promise<Broker | undefined> {
  if (kind === "memory") return undefined;
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
