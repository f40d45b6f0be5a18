/**
 * Routes: a path, and what answers it.
 *
 * @module
 */

export {
  Layer,
  type LayerOptions,
  type Route,
  type RouteParams,
  Router,
  type RouterAllowedMethodsOptions,
  type RouterContext,
  type RouterMiddleware,
  type RouterOptions,
  type RouterParamMiddleware,
  type RouterRoutes,
  type RouteUrlOptions,
  type RouteUrlParams,
} from "./app/router.ts";
export type { HTTPMethods } from "./http/method.ts";
