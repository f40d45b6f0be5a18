/**
 * Handlers from `Request` to `Response`, as middleware.
 *
 * @module
 */

export { RouteContext, route, ServeContext, serve } from "./middleware/serve.ts";
