/**
 * Signs with the newest key, verifies with all: keys can be changed while what the old ones signed is about.
 *
 * @module
 */

import { showAs } from "./inspect.ts";

/** A secret: text, as UTF-8, or bytes. */
export type Key = string | number[] | ArrayBuffer | Uint8Array;

/** Something that signs: a `KeyStack`, or what works like one. */
export type KeyStackLike = Pick<KeyStack, "sign" | "verify" | "indexOf">;

/**
 * Keys for HMAC with SHA-256, the newest first.
 *
 * Throws a `TypeError` when made of none. Verification takes the same time wherever a digest differs.
 */
export class KeyStack {
  readonly #keys: Promise<CryptoKey>[];

  static {
    showAs(this, "KeyStack", ({ length }) => ({ length }));
  }

  constructor(keys: Iterable<Key>) {
    this.#keys = Array.from(keys, importKey);
    if (this.#keys.length === 0) throw new TypeError("Cannot make a key stack of no keys");
    // Told to whoever signs or verifies, not to the process.
    for (const key of this.#keys) key.catch(() => undefined);
  }

  /** How many keys there are. */
  get length(): number {
    return this.#keys.length;
  }

  /** Signs `data` with the newest key; the digest is base64url without padding. */
  async sign(data: string): Promise<string> {
    const key = await (this.#keys[0] as Promise<CryptoKey>);
    return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(data))));
  }

  /** Whether one of the keys made `digest` of `data`. */
  async verify(data: string, digest: string): Promise<boolean> {
    return (await this.indexOf(data, digest)) !== -1;
  }

  /** Which of the keys made `digest` of `data`; -1 for none. */
  async indexOf(data: string, digest: string): Promise<number> {
    const signature = fromBase64Url(digest);
    if (signature === undefined) return -1;
    const bytes = encode(data);
    for (const [index, key] of this.#keys.entries()) {
      if (await crypto.subtle.verify("HMAC", await key, signature, bytes)) return index;
    }
    return -1;
  }
}

function importKey(key: Key): Promise<CryptoKey> {
  const bytes = typeof key === "string" ? encode(key) : new Uint8Array(key);
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function toBase64Url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    // The last character may hold bits that no byte has: one digest, one spelling.
    return toBase64Url(bytes) === text ? bytes : undefined;
  } catch {
    // Of a length that no base64 has.
    return undefined;
  }
}
