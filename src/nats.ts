/**
 * The logs of channels in NATS JetStream, shared by many processes.
 *
 * @module
 */

export { NatsBroker, type NatsBrokerOptions, type NatsClients } from "./brokers/nats-broker.ts";
export type { NatsConnection, NatsJetStream, NatsManager } from "./brokers/nats-client.ts";
export type { RemoteBrokerOptions } from "./brokers/remote-broker-options.ts";
