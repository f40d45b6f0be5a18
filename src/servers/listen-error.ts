/**
 * A server that can't listen.
 *
 * @module
 */

/** Why a server could not listen; `code` is the system's or the runtime's own word for it, where there is one. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: string | undefined;

  constructor(hostname: string, port: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot listen on ${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}: ${why}`, {
      cause,
    });
    this.code = readCode(cause);
  }
}

function readCode(cause: unknown): string | undefined {
  if (typeof cause !== "object" || cause === null) return undefined;
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  // Deno's errors name their class instead.
  const name = cause instanceof Error ? cause.name : "";
  return name === "AddrInUse" ? "EADDRINUSE" : name === "AddrNotAvailable" ? "EADDRNOTAVAIL" : undefined;
}
