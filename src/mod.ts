/**
 * Dodona: an HTTP middleware framework whose heart is the server-sent event stream.
 *
 * @module
 */

export type {
  ApplicationOptions,
  KeyStackLike,
} from "./app/application.ts";
export {
  ApplicationCloseEvent,
  ApplicationErrorEvent,
  ApplicationListenEvent,
} from "./app/application-events.ts";
export { Body } from "./app/body.ts";
export {
  compose as composeMiddleware,
  isMiddlewareObject,
  type MiddlewareObject,
  type MiddlewareOrMiddlewareObject,
  type Next,
} from "./app/compose.ts";
export { Context, type State } from "./app/context.ts";
export type { Middleware } from "./app/middleware.ts";
export { Request } from "./app/request.ts";
export { Response, type ResponseBody } from "./app/response.ts";
export type { RouteParams } from "./app/route-pattern.ts";
export { Router, type RouterContext, type RouterMiddleware, type RouterOptions } from "./app/router.ts";
export type { ListenOptions, Server, ServerConstructor } from "./app/server.ts";
export type { ServerRequest } from "./app/server-request.ts";
export type { RemoteAddress } from "./app/web-server-request.ts";
export {
  createHttpError,
  HttpError,
  httpErrors,
  isHttpError,
} from "./http/http-error.ts";
export { KeyStack } from "./http/key-stack.ts";
export { isErrorStatus, isRedirectStatus, STATUS_TEXT, Status } from "./http/status.ts";
export { ListenError } from "./servers/listen-error.ts";
export { RuntimeApplication as Application } from "./servers/runtime-application.ts";
export { CloseEvent } from "./sse/close-event.ts";
export { ErrorEvent } from "./sse/error-event.ts";
export {
  ServerSentEventStreamTarget,
  type ServerSentEventTarget,
  type ServerSentEventTargetOptions,
} from "./sse/event-stream-target.ts";
export { ServerSentEvent, type ServerSentEventInit } from "./sse/server-sent-event.ts";
export { type CloseReason, StreamCloseError } from "./sse/stream-close-error.ts";
