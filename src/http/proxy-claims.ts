/**
 * What the headers of proxies say of a request's way, believed or not.
 *
 * @module
 */

import { parseForwarded } from "./forwarded.ts";

/** Which headers: the `X-Forwarded-*` ones, the standard's `Forwarded`, or the latter if there is none of the former. */
export type ClaimsHeader = "x-forwarded" | "forwarded" | "auto";

/**
 * From the client's side on: what each proxy says. `undefined` stands where one says nothing.
 *
 * Of the `Forwarded` header all three go together; of the others each is a list of its own.
 */
export interface Claims {
  /** Without ports, and without brackets. */
  addresses: (string | undefined)[];
  protos: (string | undefined)[];
  hosts: (string | undefined)[];
}

/** From which end a header is read, when it is too long to be read whole. */
type Side = "left" | "right";

/** So many characters of a header are read. */
const MAX_LENGTH = 4096;
/** So many addresses of it. */
const MAX_ADDRESSES = 100;
const BRACKETED = /^\[([^\]]*)\](:(?:\d{1,5}|_[\w.-]+))?$/;
const WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):(?:\d{1,5}|_[\w.-]+)$/;

/**
 * Reads the headers: 4096 characters of each and 100 addresses, the ones at the end that `side` says.
 *
 * From the left, an address of `X-Forwarded-For` that is in brackets, without a port, keeps them.
 */
export function readClaims(
  header: ClaimsHeader,
  getHeader: (name: string) => string | null,
  side: Side,
): Claims {
  if (header === "forwarded") return readForwarded(getHeader(header), side);
  const forwardedFor = getHeader("x-forwarded-for");
  const proto = getHeader("x-forwarded-proto");
  const host = getHeader("x-forwarded-host");
  const hasNone = forwardedFor === null && proto === null && host === null;
  if (header === "auto" && hasNone) return readForwarded(getHeader("forwarded"), side);
  return {
    addresses: splitEntries(forwardedFor, side).map((text) => bareAddress(text, side === "left")),
    protos: split(proto, side),
    hosts: split(host, side),
  };
}

/** Each proxy's word is parsed for itself: what a client sent before can't spoil it. No address has a comma. */
function readForwarded(header: string | null, side: Side): Claims {
  const elements = splitEntries(header, side).map((text) => parseForwarded(text)?.[0] ?? {});
  return {
    addresses: elements.map((element) => (element.for === undefined ? undefined : bareAddress(element.for))),
    protos: elements.map((element) => element.proto),
    hosts: elements.map((element) => element.host),
  };
}

function splitEntries(header: string | null, side: Side): string[] {
  const entries = split(header, side).filter((entry) => entry !== "");
  return side === "left" ? entries.slice(0, MAX_ADDRESSES) : entries.slice(-MAX_ADDRESSES);
}

function split(header: string | null, side: Side): string[] {
  if (header === null) return [];
  return cut(header, side)
    .split(",")
    .map((entry) => entry.trim());
}

function cut(header: string, side: Side): string {
  if (header.length <= MAX_LENGTH) return header;
  if (side === "left") return header.slice(0, MAX_LENGTH);
  // The first entry of the rest may be half of one.
  const rest = header.slice(-MAX_LENGTH);
  return rest.includes(",") ? rest.slice(rest.indexOf(",") + 1) : "";
}

function bareAddress(text: string, keepBrackets = false): string {
  const [, inner, port] = BRACKETED.exec(text) ?? [];
  if (inner !== undefined) return keepBrackets && port === undefined ? text : inner;
  return WITH_PORT.exec(text)?.[1] ?? text;
}
