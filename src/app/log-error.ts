/**
 * Prints what no middleware caught.
 *
 * @module
 */

import type { ApplicationErrorEvent } from "./application-events.ts";

/** Prints an error from 500 on, with the request and the response that it belongs to. */
export function logError({ context, error }: ApplicationErrorEvent): void {
  const status: unknown = error instanceof Error && "status" in error ? error.status : undefined;
  if (typeof status === "number" && status < 500) return;
  console.error(`[uncaught application error]: ${error.name} - ${error.message}`);
  if (context !== undefined) {
    const { request, response } = context;
    console.error("\nrequest:", { url: request.originalRequest.url, method: request.method });
    console.error("response:", { status: response.status, type: response.type, writable: response.writable });
  }
  const stack = typeof error.stack === "string" ? error.stack : "";
  console.error(stack.split("\n").slice(1).join("\n"));
}
