/**
 * Reads an address to listen on.
 *
 * @module
 */

/**
 * Reads `host:port`, `:port` or `[host]:port`. Throws a `TypeError` for anything else.
 */
export function readListenAddress(address: string): { hostname?: string; port: number } {
  const match = /^(?:\[([\da-fA-F:.]+(?:%\w+)?)\]|([^\s:[\]/]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) throw new TypeError(`Invalid address passed: "${address}"`);
  const hostname = match[1] ?? match[2] ?? "";
  return hostname === "" ? { port } : { hostname, port };
}
