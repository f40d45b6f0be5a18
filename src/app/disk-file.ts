/**
 * Files of the disk, on any runtime that has one: found below a root, opened once, read by the slice, closed once.
 *
 * What only names a file is done at once, as its answer is at hand in the system: a turn between threads would cost
 * many times more than it saves. What reads waits for the disk elsewhere.
 *
 * Node's modules are loaded when the first file is asked for, so that what only imports this starts fast, and
 * runs where there is no disk.
 *
 * @module
 */

import type { Stats } from "node:fs";
import { createHttpError, isHttpError } from "../http/http-error.ts";
import type { OpenFile } from "./server-request.ts";

/** Which links are followed: those that lead to a place below the root, or all. */
export type SymbolicLinks = "inside" | "follow";

interface Modules {
  fs: typeof import("node:fs");
  path: typeof import("node:path");
}

/** What an open says when there is nothing to be served: no such name, or no file behind it. */
const ABSENT: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "ENXIO"]);

const loaded: { modules?: Promise<Modules> } = {};

/** Closes the files of responses that nobody ever read or cancelled. */
const forgotten = new FinalizationRegistry<() => void>((close) => close());

/** An open file. Whoever has it closes it. */
export class DiskFile implements OpenFile {
  readonly #fs: Modules["fs"];
  #users = 0;
  #closed = false;
  /** By which it was opened. */
  readonly path: string;
  readonly descriptor: number;
  /** In bytes, when it was opened. */
  readonly size: number;
  readonly device: number;
  readonly inode: number;
  /** When it was last changed, in milliseconds since 1970, to the fraction that the file system knows. */
  readonly mtimeMs: number;
  /** When anything of it was last changed, which nobody can set back; in milliseconds since 1970. */
  readonly ctimeMs: number;
  /** Is another when the file has become another. */
  readonly version: string;

  constructor(fs: Modules["fs"], path: string, descriptor: number, stats: Stats) {
    const { dev, ino, size, mtimeMs, ctimeMs } = stats;
    this.#fs = fs;
    this.path = path;
    this.descriptor = descriptor;
    this.size = size;
    this.device = dev;
    this.inode = ino;
    this.mtimeMs = mtimeMs;
    this.ctimeMs = ctimeMs;
    this.version = `${dev}-${ino}-${size}-${mtimeMs}-${ctimeMs}`;
    forgotten.register(this, () => fs.closeSync(descriptor), this);
  }

  /** Reads `length` bytes from `start` on. Rejects as `fill`. */
  async read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    await this.fill(bytes, start);
    return bytes;
  }

  /**
   * Fills all of `bytes` with what is in it from `start` on, and writes nothing to them afterwards. Rejects with an
   * `Error` when there is not so much, or it is closed.
   */
  async fill(bytes: Uint8Array, start: number): Promise<void> {
    if (this.#closed) throw new Error(`Cannot read byte ${start} of a file: it is closed`);
    const giveBack = this.borrow();
    try {
      for (let filled = 0; filled < bytes.byteLength; ) {
        const count = await this.#readSome(bytes.subarray(filled), start + filled);
        if (count === 0) throw new Error(`Cannot read byte ${start + filled} of a file: it was cut off`);
        filled += count;
      }
    } finally {
      giveBack();
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  borrow(): () => void {
    this.#users++;
    return () => {
      this.#users--;
      if (this.#closed) this.#release();
    };
  }

  /** Closes it, as soon as nobody reads; a second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }

  #readSome(bytes: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#fs.read(this.descriptor, bytes, 0, bytes.byteLength, position, (error, count) => {
        if (error) reject(error);
        else resolve(count);
      });
    });
  }

  /** The number may be another file's as soon as it is given back: never while it is read, never twice. */
  #release(): void {
    if (this.#users > 0) return;
    forgotten.unregister(this);
    this.#fs.closeSync(this.descriptor);
  }
}

/** A folder of the disk from which files are served. */
export class DiskRoot {
  readonly #modules: Modules;
  readonly #root: string;
  readonly #links: SymbolicLinks;

  private constructor(modules: Modules, root: string, links: SymbolicLinks) {
    this.#modules = modules;
    this.#root = root;
    this.#links = links;
  }

  /** Needs not exist. Rejects with a `TypeError` for a URL that is no file's. */
  static async at(root: string | URL, links: SymbolicLinks = "inside"): Promise<DiskRoot> {
    const modules = await loadOnce();
    const path = typeof root === "string" ? root : (await import("node:url")).fileURLToPath(root);
    return new DiskRoot(modules, path, links);
  }

  /** Whether names have to be fit for Windows. */
  get isWindows(): boolean {
    return this.#modules.path.sep === "\\";
  }

  /** The path of what has `segments` below the root. */
  pathOf(segments: readonly string[]): string {
    return this.#modules.path.join(this.#root, ...segments);
  }

  /**
   * Opens what has `segments`, which must be safe, below the root: a file; `"folder"` for one; `undefined` where
   * there is neither.
   *
   * Throws an `HttpError`: 403 for a link that leads out of the root, 500 when the system refuses.
   */
  open(segments: readonly string[]): DiskFile | "folder" | undefined {
    try {
      return this.#open(this.#modules.path.resolve(this.pathOf(segments)));
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && ABSENT.has(cause.code)) return undefined;
      if (isHttpError(cause)) throw cause;
      throw createHttpError(500, `Cannot open "${this.pathOf(segments)}": ${cause}`, { cause });
    }
  }

  #open(path: string): DiskFile | "folder" | undefined {
    const { fs } = this.#modules;
    const follows = this.#links === "follow";
    const real = follows ? path : fs.realpathSync.native(path);
    if (real !== path && !this.#holds(real)) throw createHttpError(403);
    const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants;
    // A pipe must not keep us waiting, and what was no link a moment ago must be none now. Windows has neither flag.
    const descriptor = fs.openSync(real, O_RDONLY | O_NONBLOCK | (follows ? 0 : O_NOFOLLOW));
    let file: DiskFile | undefined;
    try {
      const stats = fs.fstatSync(descriptor);
      if (stats.isFile()) file = new DiskFile(fs, real, descriptor, stats);
      return file ?? (stats.isDirectory() ? "folder" : undefined);
    } finally {
      if (file === undefined) fs.closeSync(descriptor);
    }
  }

  #holds(path: string): boolean {
    const { realpathSync } = this.#modules.fs;
    const { resolve, relative, isAbsolute, sep } = this.#modules.path;
    const way = relative(realpathSync.native(resolve(this.#root)), path);
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  }
}

async function loadModules(): Promise<Modules> {
  const [fs, path] = await Promise.all([import("node:fs"), import("node:path")]);
  return { fs, path };
}

/** An import costs a turn of the loader's thread where one is hooked in: one for all. */
function loadOnce(): Promise<Modules> {
  loaded.modules ??= loadModules();
  return loaded.modules;
}
