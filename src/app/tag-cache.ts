/**
 * Remembers the entity tags of files, so that a file is not read again only to be told unchanged.
 *
 * @module
 */

/** A state of a file. */
export interface FileState {
  /** Is another when the file has become another. */
  readonly version: string;
  /** When it became what it is, in milliseconds since 1970. */
  readonly ctimeMs: number;
}

/** A file that changed so short ago may change again without its time telling. */
const UNSETTLED_MS = 2000;

/** Tags by path, of the `limit` files that were asked for last. */
export class TagCache {
  readonly #limit: number;
  readonly #entries = new Map<string, { version: string; tag: string }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many tags are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /** The tag of the file at `path`, if it was remembered of this version. */
  get(path: string, { version }: FileState): string | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) return undefined;
    this.#entries.delete(path);
    if (entry.version !== version) return undefined;
    this.#entries.set(path, entry);
    return entry.tag;
  }

  /** Remembers the tag of the file at `path`, as it was before it was read. */
  set(path: string, { version, ctimeMs }: FileState, tag: string): void {
    if (Date.now() - ctimeMs < UNSETTLED_MS) return;
    this.#entries.delete(path);
    this.#entries.set(path, { version, tag });
    if (this.#entries.size <= this.#limit) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
