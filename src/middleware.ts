/**
 * Middleware in a chain.
 *
 * @module
 */

export {
  compose,
  isMiddlewareObject,
  type MiddlewareObject,
  type MiddlewareOrMiddlewareObject,
  type Next,
} from "./app/compose.ts";
export type { Middleware } from "./app/middleware.ts";
export { type PrometheusOptions, prometheus } from "./middleware/prometheus.ts";
