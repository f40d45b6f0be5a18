/**
 * The types of middleware, by the state that it sees.
 *
 * @module
 */

import type { MiddlewareFunction } from "./compose.ts";
import type { Context, State } from "./context.ts";

/** A function that handles a request, or a part of it. */
export type Middleware<
  RequestState extends State = State,
  // biome-ignore lint/suspicious/noExplicitAny: whichever application it runs in
  RequestContext extends Context<any, any> = Context<RequestState>,
> = MiddlewareFunction<RequestContext>;
