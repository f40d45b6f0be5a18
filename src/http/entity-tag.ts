/**
 * Entity tags: made of what is sent, and compared with those that a client names.
 *
 * @example
 * ```ts
 * const tag = await entityTag("hello deno"); // "a-YdfmHmj2RiwOVqJupcf3PLK9PuJ"
 * matchesWeakly(`W/${tag}, "other"`, tag); // true
 * matchesStrongly(`W/${tag}, "other"`, tag); // false
 * ```
 *
 * @module
 */

/** What is known of a file without reading it. */
export interface FileInfo {
  /** In bytes. */
  readonly size: number;
  /** When it was last changed, where that is known. */
  readonly mtime: Date | null;
}

/** How an entity tag is made. */
export interface ETagOptions {
  /** How the content is digested. @default "SHA-256" */
  algorithm?: "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";
  /** Whether the tag of text or bytes only says that they mean the same. A file's always does. @default false */
  weak?: boolean;
}

/** So much of the digest, in base64, is told. */
const DIGEST_LENGTH = 27;
/** Sticky: one element of a list of tags, which may be empty, and what parts it from the next. */
const ELEMENT = /[ \t]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;
const encoder = new TextEncoder();

/**
 * Makes the entity tag of text (as UTF-8) or bytes from their length and digest, or the weak one of a file from
 * its size and time.
 *
 * `undefined` for a file of which no time is known: nothing would tell one version from another.
 *
 * @see RFC 9110, section 8.8.3
 */
export async function entityTag(entity: string | Uint8Array, options?: ETagOptions): Promise<string>;
/** The same for a file too. */
export async function entityTag(
  entity: string | Uint8Array | FileInfo,
  options?: ETagOptions,
): Promise<string | undefined>;
export async function entityTag(
  entity: string | Uint8Array | FileInfo,
  options: ETagOptions = {},
): Promise<string | undefined> {
  if (typeof entity !== "string" && !(entity instanceof Uint8Array)) {
    return entity.mtime === null ? undefined : fileTag(entity.size, entity.mtime.getTime());
  }
  const bytes = typeof entity === "string" ? encoder.encode(entity) : entity;
  const digest = await crypto.subtle.digest(options.algorithm ?? "SHA-256", bytes as Uint8Array<ArrayBuffer>);
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest))).slice(0, DIGEST_LENGTH);
  return `${options.weak === true ? "W/" : ""}"${bytes.byteLength.toString(16)}-${base64}"`;
}

/** Makes the weak tag of a file of `size` bytes, last changed at `mtimeMs`; `variant` tells its encodings apart. */
export function fileTag(size: number, mtimeMs: number, variant = ""): string {
  // Many file systems know the time to less than a millisecond.
  const micros = Math.max(0, Math.round(mtimeMs * 1000));
  return `W/"${size.toString(16)}-${micros.toString(16)}${variant === "" ? "" : `-${variant}`}"`;
}

/**
 * Whether `list`, as in `If-None-Match`, is `*` or names `tag`, weak or not. What is malformed in it, and what
 * follows that, names nothing.
 *
 * @see RFC 9110, section 8.8.3.2
 */
export function matchesWeakly(list: string, tag: string): boolean {
  return matches(list, (listed) => opaque(listed) === opaque(tag));
}

/** Whether `list`, as in `If-Match`, is `*` or names `tag`, where neither is weak. Else as `matchesWeakly`. */
export function matchesStrongly(list: string, tag: string): boolean {
  return matches(list, (listed) => listed === tag && !isWeak(tag));
}

function matches(list: string, isMatch: (listed: string) => boolean): boolean {
  if (list.trim() === "*") return true;
  const element = new RegExp(ELEMENT);
  while (element.lastIndex < list.length) {
    const found = element.exec(list);
    if (found === null) return false;
    if (found[1] !== undefined && isMatch(found[1])) return true;
  }
  return false;
}

function isWeak(tag: string): boolean {
  return tag.startsWith("W/");
}

function opaque(tag: string): string {
  return isWeak(tag) ? tag.slice(2) : tag;
}
