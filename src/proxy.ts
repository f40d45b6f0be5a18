/**
 * Passes requests on to another server.
 *
 * @module
 */

export { type ProxyOptions, proxy } from "./middleware/proxy.ts";
