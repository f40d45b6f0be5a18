import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { NatsBroker, type NatsBrokerOptions, type NatsClients } from "../../src/brokers/nats-broker.ts";

/** A node's broker, and how to be rid of it. */
export interface NatsNode {
  broker: NatsBroker;
  clients: Awaited<ReturnType<typeof connectNats>>;
  errors: unknown[];
  close(): Promise<void>;
}

/** Connects as an application does. */
export async function connectNats(port: number) {
  const connection = await connect({
    servers: `127.0.0.1:${port}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 20,
    timeout: 2000,
  });
  return { connection, jetstream: jetstream(connection), manager: await jetstreamManager(connection) };
}

/** Makes a node's broker. */
export async function openNatsNode(port: number, options: NatsBrokerOptions = {}): Promise<NatsNode> {
  const errors: unknown[] = [];
  const clients = await connectNats(port);
  const broker = new NatsBroker(clients satisfies NatsClients, {
    checkMs: 200,
    onError: (error) => errors.push(error),
    ...options,
  });
  return {
    broker,
    clients,
    errors,
    close: async () => {
      await broker.close();
      await clients.connection.close();
    },
  };
}
