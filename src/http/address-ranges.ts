/**
 * Sets of IP addresses, by ranges and by the names of the usual ones.
 *
 * @module
 */

/** An address as a number, of so many bits. */
interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

/** The addresses that share the first bits of one: all but the last `rest`. */
interface Range {
  readonly first: Address;
  readonly rest: number;
}

/** @see RFC 6890 */
const NAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1"]],
  ["linklocal", ["169.254.0.0/16", "fe80::/10"]],
  ["uniquelocal", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);
/** No address is longer, not even one with a zone. */
const MAX_LENGTH = 64;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
/** The first 96 bits of an IPv4 address that is written as one of IPv6. @see RFC 4291, section 2.5.5.2 */
const MAPPED = 0xffffn;

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

function isIn(address: Address, { first, rest }: Range): boolean {
  return address.bits === first.bits && address.value >> BigInt(rest) === first.value >> BigInt(rest);
}

function parseRange(text: string): Range {
  const [start = "", suffix, more] = String(text).split("/");
  const first = parseAddress(start);
  if (first !== undefined && more === undefined) {
    // A range of IPv4 that is written as one of IPv6 counts the bits that all of them have.
    const written = start.includes(":") ? 128 : 32;
    const rest = suffix === undefined ? 0 : written - toBits(suffix);
    if (rest >= 0 && rest <= first.bits) return { first, rest };
  }
  throw new TypeError(`Cannot use ${JSON.stringify(text)} as a range of addresses: it is none`);
}

function toBits(suffix: string): number {
  return /^\d{1,3}$/.test(suffix) ? Number(suffix) : Number.NaN;
}

/** What `URL` takes for a host it writes in one way only; the zone of an address is no part of its number. */
function parseAddress(text: string): Address | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  if (IPV4.test(text)) return { value: joinParts(text.split("."), 10, 8n), bits: 32 };
  const address = text.replace(/%[\w.-]+$/, "");
  const url = `http://[${address}]/`;
  // Any other character could end the host before its bracket.
  if (!/^[\da-f.]*:[\da-f:.]*$/i.test(address) || !URL.canParse(url)) return undefined;
  const value = parseIpv6(new URL(url).hostname.slice(1, -1));
  return value >> 32n === MAPPED ? { value: value & 0xffffffffn, bits: 32 } : { value, bits: 128 };
}

/** @see URL Standard, "IPv6 serializer" */
function parseIpv6(text: string): bigint {
  const [head = [], tail = []] = text.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const zeros = Array<string>(8 - head.length - tail.length).fill("0");
  return joinParts([...head, ...zeros, ...tail], 16, 16n);
}

function joinParts(parts: readonly string[], radix: number, bits: bigint): bigint {
  return parts.reduce((value, part) => (value << bits) | BigInt(Number.parseInt(part, radix)), 0n);
}
