/**
 * Connects what streams and channels tell to `node:diagnostics_channel`, which Node, Deno and Bun have.
 *
 * ```ts
 * import { subscribe } from "node:diagnostics_channel";
 * import { connectDiagnostics } from "dodona/node";
 *
 * // Only where nothing listens in this process: `listen` does it too.
 * connectDiagnostics();
 * subscribe("dodona:stream:close", (message) => console.log(message));
 * ```
 *
 * @module
 */

import { channel } from "node:diagnostics_channel";
import { type DiagnosticsTopic, diagnostics } from "../sse/diagnostics.ts";

/** Lets those who `subscribe` to the channels `dodona:...` of `node:diagnostics_channel` hear. Twice is as good as once. */
export function connectDiagnostics(): void {
  for (const topic of Object.values(diagnostics) as DiagnosticsTopic<object>[])
    topic.connect(channel(topic.name));
}
