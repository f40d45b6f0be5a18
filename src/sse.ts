/**
 * Event streams by themselves: the target, for any framework with fetch handlers, and its event.
 *
 * @module
 */

export type { ByteSink, SinkObserver } from "./sse/byte-sink.ts";
export { type Clock, systemClock } from "./sse/clock.ts";
export { CloseEvent } from "./sse/close-event.ts";
export {
  type Diagnostics,
  type DiagnosticsChannel,
  DiagnosticsTopic,
  diagnostics,
} from "./sse/diagnostics.ts";
export { ErrorEvent } from "./sse/error-event.ts";
export {
  type EventStreamTargetInit,
  ServerSentEventStreamTarget,
  type ServerSentEventTarget,
  type ServerSentEventTargetOptions,
} from "./sse/event-stream-target.ts";
export { Heartbeat } from "./sse/heartbeat.ts";
export type { EventSourceLike } from "./sse/pipe-events.ts";
export { ServerSentEvent, type ServerSentEventInit } from "./sse/server-sent-event.ts";
export { type CloseReason, StreamCloseError } from "./sse/stream-close-error.ts";
export { StreamSink } from "./sse/stream-sink.ts";
