/**
 * Passes requests on to another server.
 *
 * @module
 */

export { type ProxyOptions, type ProxyParams, proxy } from "./middleware/proxy.ts";
