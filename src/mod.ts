/**
 * Dodona: an HTTP middleware framework whose heart is the server-sent event stream.
 *
 * @module
 */

export type { ApplicationEventMap, ApplicationOptions } from "./app/application.ts";
export {
  ApplicationCloseEvent,
  ApplicationErrorEvent,
  ApplicationListenEvent,
} from "./app/application-events.ts";
export type { ApplicationMetrics, RefusalReason } from "./app/application-metrics.ts";
export { Body, type BodyOptions, type BodyType } from "./app/body.ts";
export {
  compose as composeMiddleware,
  isMiddlewareObject,
  type MiddlewareObject,
  type MiddlewareOrMiddlewareObject,
  type Next,
} from "./app/compose.ts";
export { Context, type RefuseEventsOptions, type State } from "./app/context.ts";
export type { EventsOptions } from "./app/events-options.ts";
export type { Middleware } from "./app/middleware.ts";
export { Request } from "./app/request.ts";
export { REDIRECT_BACK, Response } from "./app/response.ts";
export type { ResponseBody, ResponseBodyFunction } from "./app/response-body.ts";
export {
  type Route,
  type RouteParams,
  Router,
  type RouterAllowedMethodsOptions,
  type RouterContext,
  type RouterMiddleware,
  type RouterOptions,
  type RouterParamMiddleware,
} from "./app/router.ts";
export { type ContextSendOptions, type SendOptions, send } from "./app/send.ts";
export type {
  Listener,
  ListenOptions,
  ListenOptionsBase,
  ListenOptionsTls,
  Server,
  ServerConstructor,
  TlsKeys,
} from "./app/server.ts";
export type { ServerRequest, UpgradeOptions } from "./app/server-request.ts";
export type { RemoteAddress } from "./app/web-server-request.ts";
export {
  createHttpError,
  type ErrorStatus,
  HttpError,
  httpErrors,
  isHttpError,
} from "./http/http-error.ts";
export { KeyStack, type KeyStackLike } from "./http/key-stack.ts";
export type { HTTPMethods } from "./http/method.ts";
export type { MultipartLimits } from "./http/multipart-limits.ts";
export type { MultipartPart } from "./http/multipart-part.ts";
export type { ProxyTrust } from "./http/proxy-trust.ts";
export {
  type CookiesGetOptions,
  type CookiesSetDeleteOptions,
  SecureCookieMap as Cookies,
} from "./http/secure-cookie-map.ts";
export { isErrorStatus, isRedirectStatus, type RedirectStatus, STATUS_TEXT, Status } from "./http/status.ts";
export * as etag from "./middleware/etag.ts";
export { type PrometheusOptions, prometheus } from "./middleware/prometheus.ts";
export { type ProxyOptions, proxy } from "./middleware/proxy.ts";
export { RouteContext, route, ServeContext, serve } from "./middleware/serve.ts";
export { type StaticFilesOptions, staticFiles } from "./middleware/static-files.ts";
export { DenoServer as HttpServerNative } from "./servers/deno-server.ts";
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
export * as testing from "./testing/mock-context.ts";
