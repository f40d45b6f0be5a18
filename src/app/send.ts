/**
 * Answers a request with a file: conditions, ranges and compressed twins as HTTP has them.
 *
 * @example
 * ```ts
 * app.use((ctx) => ctx.send({ root: "public", index: "index.html" }));
 * ```
 *
 * @module
 */

import { layOutByteRanges } from "../http/byte-ranges.ts";
import { evaluatePreconditions, isRangeCurrent, type Validators } from "../http/conditional.ts";
import { contentType } from "../http/content-type.ts";
import { entityTag, fileTag } from "../http/entity-tag.ts";
import { formatHttpDate, parseHttpDate } from "../http/http-date.ts";
import { createHttpError } from "../http/http-error.ts";
import { type ByteRange, contentRange, parseRange } from "../http/range.ts";
import { appendVary } from "../http/vary.ts";
import { concatenate } from "../wire/concatenate.ts";
import { FileBody } from "./file-body.ts";
import { type CodingChoice, codingsOf, type FindFileOptions, type FoundFile, findFile } from "./find-file.ts";
import { TagCache } from "./tag-cache.ts";

/** How files are found, and sent. */
export interface SendOptions extends FindFileOptions {
  /** The value of `Cache-Control`, in place of what `maxage` and `immutable` make; `false` for none. */
  cacheControl?: string | false | undefined;
  /** Content types by extension (`".ext"`), before the usual ones; sent to the letter. */
  contentTypes?: Readonly<Record<string, string>> | undefined;
  /** Whether an `ETag` is sent: that of the content for a file below `maxbuffer`, else a weak one. @default true */
  etag?: boolean | undefined;
  /** Whether clients are told never to ask again while the answer is fresh. @default false */
  immutable?: boolean | undefined;
  /** How long the answer stays fresh, in milliseconds. @default 0 */
  maxage?: number | undefined;
  /** A file of so many bytes is streamed; a smaller one is read at once. @default 1 MiB */
  maxbuffer?: number | undefined;
  /** Whether parts of a file can be asked for. @default true */
  ranges?: boolean | undefined;
}

/** The same for a context, whose request has a path. */
export interface ContextSendOptions extends SendOptions {
  /** The path below the root, encoded as in a URL; that of the request when left out. */
  path?: string | undefined;
}

/** What `send` needs of a context. */
export interface SendContext {
  readonly request: CodingChoice & { readonly method: string };
  readonly response: {
    body: unknown;
    status: number;
    type: string | undefined;
    readonly headers: Headers;
    addResource?(resource: { close(): unknown }): void;
  };
}

const MAX_BUFFER_BYTES = 1024 * 1024;
/** Their files are not read again to answer that nothing has changed. */
const REMEMBERED_TAGS = 1000;
const contentTags = new TagCache(REMEMBERED_TAGS);

/** Headers that tell of a part or a form of the content, and so have no place where there is none. */
const OF_CONTENT = ["content-encoding", "content-length", "content-type"];

/**
 * Answers with the file below `options.root` that `path`, encoded as in a URL, means. Resolves with its path on
 * the disk; with `undefined`, and nothing set, for a folder without index.
 *
 * For GET and HEAD, conditions are answered with 304 and 412, and for GET, ranges with 206 and 416. More than 32
 * ranges get the whole file, and so does whatever is answered with another status that was set before, such as
 * a page that goes with a 404. What the headers of the response hold already is kept.
 *
 * Rejects with an `HttpError`: 400 for a malformed path; 403 for one out of the root, also over a link, and for
 * hidden names; 404 where no file is; 500 when the system refuses to open it. Throws a `TypeError` without a root.
 *
 * @see RFC 9110, sections 13 and 14
 */
export async function send(
  context: SendContext,
  path: string,
  options: SendOptions,
): Promise<string | undefined> {
  const { root } = options;
  if (!(root instanceof URL) && (typeof root !== "string" || root === "")) {
    throw new TypeError(`Cannot send a file: the root is "${root}", not a folder`);
  }
  const found = await findFile(path, options, context.request);
  if (found === undefined) throw createHttpError(404);
  if (found === "folder") return undefined;
  let isStreamed = false;
  try {
    isStreamed = await new FileAnswer(context, found, options).answer();
  } finally {
    if (!isStreamed) found.file.close();
  }
  return found.path;
}

/** One answer with one file. */
class FileAnswer {
  readonly #request: SendContext["request"];
  readonly #response: SendContext["response"];
  readonly #found: FoundFile;
  readonly #options: SendOptions;
  /** The whole content, where it had to be read. */
  #content: Uint8Array<ArrayBuffer> | undefined;

  constructor({ request, response }: SendContext, found: FoundFile, options: SendOptions) {
    this.#request = request;
    this.#response = response;
    this.#found = found;
    this.#options = options;
  }

  /** Sets the response; says whether it will read the file, and close it, later. */
  async answer(): Promise<boolean> {
    const { method, headers } = this.#request;
    const { size } = this.#found.file;
    if (codingsOf(this.#options).length > 0) appendVary(this.#response.headers, "Accept-Encoding");
    const validators = await this.#validators();
    const isPlain = (method === "GET" || method === "HEAD") && this.#isOk();
    const status = isPlain ? evaluatePreconditions(method, headers, validators) : undefined;
    if (status === 412) return this.#refuse(412);
    this.#setCacheControl();
    if (status === 304) return this.#refuse(304);
    const ranges = isPlain && method === "GET" ? this.#ranges(validators) : undefined;
    if (ranges?.length === 0) {
      this.#response.headers.delete("cache-control");
      this.#response.headers.set("content-range", contentRange(size));
      return this.#refuse(416);
    }
    this.#setHeaders();
    return method === "HEAD" ? this.#answerHead(isPlain) : this.#answerGet(ranges);
  }

  /** Whether nobody wants another status with the file: with a body, the response would be an ordinary one. */
  #isOk(): boolean {
    this.#response.body = "";
    return this.#response.status === 200;
  }

  async #validators(): Promise<Validators> {
    const { headers } = this.#response;
    const { mtimeMs } = this.#found.file;
    const ownTime = headers.get("last-modified");
    if (ownTime === null) headers.set("last-modified", formatHttpDate(mtimeMs));
    let etag = headers.get("etag") ?? undefined;
    if (etag === undefined && this.#options.etag !== false) {
      etag = await this.#makeTag();
      headers.set("etag", etag);
    }
    return { etag, lastModifiedMs: ownTime === null ? mtimeMs : parseHttpDate(ownTime) };
  }

  async #makeTag(): Promise<string> {
    const { file, path, coding } = this.#found;
    if (!this.#isSmall()) return fileTag(file.size, file.mtimeMs, coding);
    const known = contentTags.get(path, file);
    if (known !== undefined) return known;
    this.#content = await file.read(0, file.size);
    const tag = await entityTag(this.#content);
    contentTags.set(path, file, tag);
    return tag;
  }

  #isSmall(): boolean {
    return this.#found.file.size < (this.#options.maxbuffer ?? MAX_BUFFER_BYTES);
  }

  #ranges(validators: Validators): ByteRange[] | undefined {
    const header = this.#request.headers.get("range");
    if (header === null || this.#options.ranges === false) return undefined;
    if (!isRangeCurrent(this.#request.headers, validators)) return undefined;
    return parseRange(header, this.#found.file.size);
  }

  #setCacheControl(): void {
    const { cacheControl, immutable = false, maxage = 0 } = this.#options;
    const { headers } = this.#response;
    if (cacheControl === false || headers.has("cache-control")) return;
    const age = `max-age=${Math.floor(maxage / 1000)}${immutable ? ",immutable" : ""}`;
    headers.set("cache-control", cacheControl ?? age);
  }

  #setHeaders(): void {
    const { extension, coding } = this.#found;
    const { headers } = this.#response;
    const { contentTypes = {}, ranges } = this.#options;
    if (ranges !== false) headers.set("accept-ranges", "bytes");
    if (coding !== undefined) headers.set("content-encoding", coding);
    if (extension === "") return;
    const own = Object.hasOwn(contentTypes, extension) ? contentTypes[extension] : undefined;
    this.#response.type ??= own ?? extension;
  }

  /** Answers without the file. */
  #refuse(status: 304 | 412 | 416): false {
    for (const name of OF_CONTENT) this.#response.headers.delete(name);
    this.#response.type = undefined;
    this.#response.status = status;
    this.#response.body = null;
    return false;
  }

  #answerHead(isPlain: boolean): false {
    if (isPlain) this.#response.status = 200;
    this.#response.headers.set("content-length", `${this.#found.file.size}`);
    this.#response.body = null;
    return false;
  }

  async #answerGet(ranges: ByteRange[] | undefined): Promise<boolean> {
    const { size } = this.#found.file;
    const { headers } = this.#response;
    const [range, second] = ranges ?? [];
    if (range === undefined) {
      return this.#answerPieces(size === 0 ? [] : [{ start: 0, end: size - 1 }], size, size > 0);
    }
    this.#response.status = 206;
    if (ranges === undefined || second === undefined) {
      headers.set("content-range", contentRange(size, range));
      return this.#answerPieces([range], range.end - range.start + 1);
    }
    const type = headers.get("content-type") ?? contentType(this.#response.type ?? "");
    const parts = layOutByteRanges(ranges, size, type);
    headers.set("content-type", parts.contentType);
    return this.#answerPieces(parts.pieces, parts.length);
  }

  /** Sets a body of `pieces`, which are `length` bytes together: at once if that is little, else as a stream. */
  async #answerPieces(
    pieces: readonly (Uint8Array<ArrayBuffer> | ByteRange)[],
    length: number,
    isWhole = false,
  ): Promise<boolean> {
    const { file } = this.#found;
    if (this.#isSmall()) {
      this.#response.body = await this.#join(pieces, length);
      return false;
    }
    this.#response.headers.set("content-length", `${length}`);
    this.#response.body = new FileBody(file, pieces, isWhole ? file : undefined);
    this.#response.addResource?.(file);
    return true;
  }

  async #join(
    pieces: readonly (Uint8Array<ArrayBuffer> | ByteRange)[],
    length: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const chunks = await Promise.all(
      pieces.map((piece) => (piece instanceof Uint8Array ? piece : this.#read(piece))),
    );
    const [only] = chunks;
    return chunks.length === 1 && only !== undefined ? only : concatenate(chunks, length);
  }

  #read({ start, end }: ByteRange): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    return this.#content?.subarray(start, end + 1) ?? this.#found.file.read(start, end - start + 1);
  }
}
