/**
 * The request as a handler sees it.
 *
 * @module
 */

export { Request, type RequestOptions } from "./app/request.ts";
