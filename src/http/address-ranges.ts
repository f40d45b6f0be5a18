/**
 * Sets of IP addresses, by ranges and by the names of the usual ones.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, bits: number];

/** @see RFC 6890 */
const NAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1"]],
  ["linklocal", ["169.254.0.0/16", "fe80::/10"]],
  ["uniquelocal", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);
/** No address is longer, not even one with a zone. */
const MAX_LENGTH = 64;

/**
 * Gives what tells whether an address is in one of `ranges`: addresses, ranges as `10.0.0.0/8`, and the names
 * `loopback`, `linklocal` and `uniquelocal`. An IPv4 address that is written as one of IPv6 is the same address;
 * what is no address is in none.
 *
 * Throws a `TypeError` for a range that is none.
 */
export function compileAddressRanges(ranges: readonly string[]): (address: string) => boolean {
  const compiled = ranges.flatMap((range) => NAMED.get(range) ?? [range]).map(parseRange);
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && compiled.some((range) => isIn(address, range));
  };
}

function isIn(address: Address, [first, bits]: Range): boolean {
  return address.kind() === first.kind() && address.match(first, bits);
}

function parseRange(text: string): Range {
  const [start = "", suffix, more] = String(text).split("/");
  const first = parseAddress(start);
  if (first !== undefined && more === undefined) {
    const most = first.kind() === "ipv4" ? 32 : 128;
    // A range of IPv4 that is written as one of IPv6 counts the bits that all of them have.
    const written = most === 32 && start.includes(":") ? 128 : most;
    const bits = suffix === undefined ? most : toBits(suffix) - (written - most);
    if (bits >= 0 && bits <= most) return [first, bits];
  }
  throw new TypeError(`Cannot use ${JSON.stringify(text)} as a range of addresses: it is none`);
}

function toBits(suffix: string): number {
  return /^\d{1,3}$/.test(suffix) ? Number(suffix) : Number.NaN;
}

function parseAddress(text: string): Address | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  return isAddress ? ipaddr.process(text) : undefined;
}
