/**
 * Handlers from `Request` to `Response`, as middleware.
 *
 * @module
 */

export {
  RouteContext,
  type RouteServeHandler,
  route,
  ServeContext,
  type ServeHandler,
  serve,
} from "./middleware/serve.ts";
