/**
 * The reading end of an event stream, in browsers and on servers.
 *
 * ```ts
 * import { EventSource } from "dodona/client";
 *
 * const source = new EventSource("https://example.com/events", { inactivityTimeoutMs: "auto", retry: {} });
 * source.onmessage = ({ data }) => console.log(data);
 * ```
 *
 * @module
 */
export type { RetryPolicy } from "./client/backoff.ts";
export {
  EventSourceError,
  type EventSourceErrorCode,
  EventSourceErrorEvent,
  type EventSourceErrorInit,
} from "./client/client-error.ts";
export { type DecodeOptions, decode } from "./client/decode-response.ts";
export { EventSource, type EventSourceEventMap, type EventSourceTarget } from "./client/event-source.ts";
export type { EventSourceEngine } from "./client/event-source-engine.ts";
export type { EventSourceInit, PerAttempt } from "./client/event-source-init.ts";
export type { ItemLoop } from "./client/item-loop.ts";
export type { JsonEvent } from "./client/parse-json.ts";
export { type NoticeTypes, type ResumeDetail, ResumeEvent, type ResumeState } from "./client/resume-state.ts";
export { SharedEventSource } from "./client/shared-event-source.ts";
export type { ErrorItem, IdItem, OpenItem, StreamItem, StreamState } from "./client/stream-state.ts";
export {
  type SubscribedEvent,
  type SubscribeOptions,
  type Subscription,
  subscribe,
} from "./client/subscribe.ts";
export type { ClientClock } from "./client/system-clock.ts";
export type { DecodedEvent, DecoderLimits } from "./wire/decode.ts";
