/**
 * What a platform says of the client beside a `Request`.
 *
 * @module
 */

import type { ClientInfo } from "./web-server-request.ts";

/** The slice of Bun's server that is used here. */
interface BunServerLike {
  requestIP(request: Request): { address: string } | null;
}

/**
 * Reads what `Deno.serve` and `Bun.serve` hand to a fetch handler as the second argument; `known` says that it was
 * theirs. On Cloudflare the client's address is a header.
 */
export function readClientInfo(request: Request, info: unknown): ClientInfo & { known: boolean } {
  if (typeof info === "object" && info !== null) {
    if ("remoteAddr" in info) {
      // Deno's are getters of a class, which a spread would lose.
      const { remoteAddr, completed } = info as ClientInfo;
      return { remoteAddr, ...(completed === undefined ? {} : { completed }), known: true };
    }
    if ("requestIP" in info && typeof info.requestIP === "function") {
      const hostname = (info as BunServerLike).requestIP(request)?.address;
      return hostname === undefined ? { known: true } : { remoteAddr: { hostname }, known: true };
    }
  }
  const hostname = request.headers.get("cf-connecting-ip");
  return hostname === null ? { known: false } : { remoteAddr: { hostname }, known: false };
}
