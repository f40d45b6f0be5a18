/**
 * Where the comments are kept that all processes of the demonstration share.
 *
 * @module
 */

import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { Broker } from "dodona/channel";
import { NatsBroker } from "dodona/nats";
import { RedisBroker } from "dodona/redis";
import { createClient } from "redis";

/** A broker, and how to be rid of it and of its connections. */
export interface OpenBroker {
  readonly broker: Broker;
  end(): Promise<void>;
}

/** Makes the broker that a URL names, which keeps so many events of a channel; throws a `TypeError` with a `code` for one of another kind. */
export function openBroker(url: string, historyEvents: number): OpenBroker {
  const onError = (error: unknown) => console.error(`The broker: ${(error as Error).message}`);
  const scheme = /^\w+(?=:\/\/)/.exec(url)?.[0];
  if (scheme === "redis" || scheme === "rediss") {
    const client = createClient({ url });
    // The broker tells of what fails; a client without a listener would end the process.
    client.on("error", () => undefined);
    void client.connect().catch(onError);
    const broker = new RedisBroker(client, { onError, historyEvents });
    const end = async () => {
      await broker.close();
      client.destroy();
    };
    return { broker, end };
  }
  if (scheme === "nats") {
    const open = async () => {
      const connection = await connect({ servers: url, maxReconnectAttempts: -1 });
      return { connection, jetstream: jetstream(connection), manager: await jetstreamManager(connection) };
    };
    // It closes what it has opened.
    const broker = new NatsBroker(open, { onError, historyEvents });
    return { broker, end: () => broker.close() };
  }
  const message = `Cannot use the broker ${JSON.stringify(url)}: it is neither redis:// nor nats://`;
  throw Object.assign(new TypeError(message), { code: "ERR_BROKER" });
}
