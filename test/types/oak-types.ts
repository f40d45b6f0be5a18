// Nothing here runs: the compiler finds each type that oak's entries have.

import type {
  ApplicationOptions,
  BodyType,
  ContextSendOptions,
  CookiesGetOptions,
  CookiesSetDeleteOptions,
  ErrorStatus,
  HTTPMethods,
  ListenOptions,
  ListenOptionsBase,
  ListenOptionsTls,
  Middleware,
  MiddlewareObject,
  MiddlewareOrMiddlewareObject,
  Next,
  ProxyOptions,
  RedirectStatus,
  Route,
  RouteParams,
  RouterAllowedMethodsOptions,
  RouterContext,
  RouterMiddleware,
  RouterOptions,
  RouterParamMiddleware,
  SendOptions,
  ServerConstructor,
  ServerSentEventInit,
  ServerSentEventTarget,
  State,
} from "dodona";
import { Application, type Context } from "dodona";
import type { ContextOptions } from "dodona/context";
import type { ResponseBody, ResponseBodyFunction } from "dodona/response";

export type OakTypes = [
  ApplicationOptions<State>,
  BodyType,
  ContextSendOptions,
  ContextOptions,
  CookiesGetOptions,
  CookiesSetDeleteOptions,
  ErrorStatus,
  HTTPMethods,
  ListenOptions,
  ListenOptionsBase,
  Middleware,
  MiddlewareObject<Context>,
  MiddlewareOrMiddlewareObject<Context>,
  Next,
  ProxyOptions,
  RedirectStatus,
  ResponseBody,
  ResponseBodyFunction,
  Route,
  RouterAllowedMethodsOptions,
  RouterContext<"/:id">,
  RouterMiddleware,
  RouterOptions,
  RouterParamMiddleware,
  SendOptions,
  ServerConstructor,
  ServerSentEventInit,
  ServerSentEventTarget,
];

export const params: RouteParams<"/book/:id/:page?"> = { id: "1" };
// @ts-expect-error: a parameter that is not optional
export const missing: RouteParams<"/book/:id"> = {};
// @ts-expect-error: TLS needs a port
export const tls: ListenOptionsTls = { secure: true };

export function states(): void {
  const app = new Application();
  app
    .use((ctx: Context<{ session: number }>, next) => {
      ctx.state.session = 1;
      return next();
    })
    .use((ctx) => ctx.state.session.toFixed());
  // @ts-expect-error: at least one middleware
  app.use();
}
