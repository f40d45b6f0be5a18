/**
 * A server that can't listen.
 *
 * @module
 */

import type { ListenOptions } from "../app/server.ts";

/** Why a server could not listen; `code` is the system's or the runtime's own word for it, where there is one. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: string | undefined;

  constructor(options: ListenOptions, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot listen on ${placeOf(options)}: ${why}`, { cause });
    this.code = readCode(cause);
  }
}

function placeOf({ hostname = "0.0.0.0", port = 0, path }: ListenOptions): string {
  return path ?? `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function readCode(cause: unknown): string | undefined {
  if (typeof cause !== "object" || cause === null) return undefined;
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  // Deno's errors name their class instead.
  const name = cause instanceof Error ? cause.name : "";
  return name === "AddrInUse" ? "EADDRINUSE" : name === "AddrNotAvailable" ? "EADDRNOTAVAIL" : undefined;
}
