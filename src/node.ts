/**
 * Event streams on any Node request and response: `node:http`, `node:http2`, Express, Koa, Fastify.
 *
 * @module
 */

export { connectDiagnostics } from "./servers/node-diagnostics.ts";
export { sendEvents } from "./servers/node-events.ts";
export type { NodeRequest, NodeResponse } from "./servers/node-server-request.ts";
