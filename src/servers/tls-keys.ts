/**
 * What a server needs to speak TLS.
 *
 * @module
 */

import type { ListenOptions, TlsKeys } from "../app/server.ts";

/** Gives the keys of a secure server, `undefined` for one that is not. Throws a `TypeError` when one is missing. */
export function readTlsKeys({ secure = false, cert, key }: ListenOptions): TlsKeys | undefined {
  if (!secure) return undefined;
  if (cert === undefined || key === undefined) throw new TypeError("a secure server needs a cert and a key");
  return { cert, key };
}
