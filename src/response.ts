/**
 * The response as a handler builds it.
 *
 * @module
 */

export { REDIRECT_BACK, Response } from "./app/response.ts";
export type { ResponseBody, ResponseBodyFunction } from "./app/response-body.ts";
