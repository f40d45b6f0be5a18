/**
 * Channels: what is published reaches any number of readers, in order, once, or they are told what they missed.
 *
 * @module
 */

export type {
  Broker,
  BrokerLog,
  BrokerLogOptions,
  Following,
  HistoryPage,
  PlacedRecord,
} from "./channel/broker.ts";
export {
  Channel,
  type ChannelSubscribeOptions,
  type EventOf,
  type EventStreamContext,
  type PublishOptions,
} from "./channel/channel.ts";
export type { SlowPolicy } from "./channel/channel-core.ts";
export { type ChannelEventMap, SubscriptionEvent } from "./channel/channel-events.ts";
export type { ChannelMetrics, SubscriptionEnd } from "./channel/channel-metrics.ts";
export type { ChannelOptions } from "./channel/channel-options.ts";
export { type ChannelPosition, EventId, type LogPosition } from "./channel/event-id.ts";
export { EventLog, type LogLimits } from "./channel/event-log.ts";
export type { EventRecord } from "./channel/event-record.ts";
export {
  EventSchemaError,
  type SchemaIssue,
  type SchemaResult,
  type StandardSchema,
} from "./channel/event-schema.ts";
export type { Authorize, Lease, LeaseAnswer } from "./channel/lease.ts";
export { type ChannelEvent, LogEntry } from "./channel/log-entry.ts";
export { MemoryBroker } from "./channel/memory-broker.ts";
export type { LossNotice, LossReason, ResumeOutcome } from "./channel/resume.ts";
export type { SubscribeOptions, Subscription } from "./channel/subscription.ts";
