/**
 * What the proxies before a server say of the client, as far as they are believed.
 *
 * A client can send these headers too. Each proxy adds to their right end what it saw, so that they are true from
 * there on leftwards, as far as the proxies are one's own.
 *
 * ```ts
 * const reader = compileProxyTrust(["loopback", "10.0.0.0/8"]);
 * reader?.read("127.0.0.1", (name) => request.headers.get(name)).ip; // the client's address
 * ```
 *
 * @module
 */

import { compileAddressRanges } from "./address-ranges.ts";
import { type Claims, type ClaimsHeader, readClaims } from "./proxy-claims.ts";

/**
 * Which proxies are believed:
 *
 * - `true`: all that is said, by whomever. Safe only where each request comes through a proxy that overwrites what
 *   the client sent.
 * - a number: so many proxies, counted from the server. Safe only where no request can come through fewer.
 * - a list: those of these addresses, ranges (`10.0.0.0/8`) and names (`loopback`, `linklocal`, `uniquelocal`, and
 *   `unix` for who connects by a socket that has no address).
 *
 * `header` says which headers they set: the `X-Forwarded-*` ones, the standard's `Forwarded`, or, with `auto`, the
 * latter if there is none of the former. Say it where proxies set one family and pass on the client's other.
 */
export type ProxyTrust = boolean | number | readonly string[] | ProxyTrustOptions;

/** Which proxies are believed, and by which headers. See {@linkcode ProxyTrust}. */
export interface ProxyTrustOptions {
  readonly trust: true | number | readonly string[];
  /** @default "auto" */
  readonly header?: ClaimsHeader;
}

/** What is believed of a client. */
export interface ProxyWord {
  /**
   * The addresses on the way that are believed, the client's first, without ports; that of the connection where
   * none is named. One may be `unknown`, or a name that begins with `_`, where a proxy says so.
   */
  ips: string[];
  /** The client's address: the first of `ips`, or empty. */
  ip: string;
  /** How the client's request came; `http` for any other word, `undefined` for none. */
  proto: "http" | "https" | undefined;
  /** The host that the client asked for, perhaps with a port; `undefined` for none, and for what is no host. */
  host: string | undefined;
}

/** Reads what the proxies say. */
export interface ProxyReader {
  /** `getHeader` gives a header's value, several joined with commas, by its name in lower case. */
  read(remoteAddr: string | undefined, getHeader: (name: string) => string | null): ProxyWord;
}

/** How many of the addresses are believed, from the right; `undefined` for nothing of what is said. */
type Believe = (remoteAddr: string, addresses: Claims["addresses"]) => number | undefined;

const HOST = /^(?:[\w.-]{1,255}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * Gives what reads the believed proxies' headers; `undefined` when none is believed: for `false`, 0 and no address.
 *
 * Throws a `TypeError` for what is no trust, a `RangeError` for a number that is no integer from 0 on.
 */
export function compileProxyTrust(trust: ProxyTrust): ProxyReader | undefined {
  if (trust === false) return undefined;
  const { trust: whom, header = "auto" } = isOptions(trust) ? trust : { trust };
  if (!["x-forwarded", "forwarded", "auto"].includes(header)) {
    throw new TypeError(`Cannot trust proxies by the header ${JSON.stringify(header)}: it is none of theirs`);
  }
  const believe = compileBelief(whom);
  if (believe === undefined) return undefined;
  return {
    read(remoteAddr = "", getHeader) {
      const claims = readClaims(header, getHeader, whom === true ? "left" : "right");
      const believed = believe(remoteAddr, claims.addresses);
      if (believed === undefined) return toWord(remoteAddr, []);
      const addresses = claims.addresses.slice(claims.addresses.length - believed);
      const pick = (words: Claims["protos"]) => (whom === true ? words[0] : pickFromRight(words, believed));
      return toWord(remoteAddr, addresses, pick(claims.protos), pick(claims.hosts));
    },
  };
}

function toWord(
  remoteAddr: string,
  addresses: Claims["addresses"],
  proto?: string,
  host?: string,
): ProxyWord {
  const named = addresses.filter((address) => address !== undefined);
  const ips = named.length > 0 || remoteAddr === "" ? named : [remoteAddr];
  return { ips, ip: ips[0] ?? "", proto: toProto(proto), host: toHost(host) };
}

/** The word of the proxy that saw the client: the only one, or that in its place. */
function pickFromRight(words: Claims["protos"], believed: number): string | undefined {
  return words.length === 1 ? words[0] : words[words.length - Math.max(believed, 1)];
}

function isOptions(trust: ProxyTrust): trust is ProxyTrustOptions {
  return typeof trust === "object" && trust !== null && "trust" in trust;
}

function compileBelief(trust: unknown): Believe | undefined {
  if (trust === true) return (_, addresses) => addresses.length;
  if (typeof trust === "number") return compileCount(trust);
  if (Array.isArray(trust)) return compileList(trust);
  throw new TypeError(
    `Cannot trust ${JSON.stringify(trust)} as proxies: no number, and no list of addresses`,
  );
}

function compileCount(count: number): Believe | undefined {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`Cannot trust "${count}" proxies: not an integer from 0 on`);
  }
  return count === 0 ? undefined : (_, addresses) => Math.min(count, addresses.length);
}

function compileList(list: readonly string[]): Believe | undefined {
  if (list.length === 0) return undefined;
  const isProxy = compileAddressRanges(list.filter((entry) => entry !== "unix"));
  const bySocket = list.includes("unix");
  return (remoteAddr, addresses) => {
    if (remoteAddr === "" ? !bySocket : !isProxy(remoteAddr)) return undefined;
    // The nearest that is no proxy of ours is the client.
    const client = addresses.findLastIndex((address) => address === undefined || !isProxy(address));
    return addresses.length - Math.max(client, 0);
  };
}

function toProto(word: string | undefined): "http" | "https" | undefined {
  if (word === undefined) return undefined;
  return word.toLowerCase() === "https" ? "https" : "http";
}

function toHost(word: string | undefined): string | undefined {
  return word !== undefined && HOST.test(word) ? word : undefined;
}
