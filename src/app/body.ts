/**
 * The body of a request: read once, by the way that the application asks for, and never more of it than the
 * limit.
 *
 * ```ts
 * app.use(async (ctx) => {
 *   const { name } = await ctx.request.body.json();
 *   ctx.response.body = `Hello, ${name}`;
 * });
 * ```
 *
 * @module
 */

import { comesToUtf8, decodeText, isUtf8 } from "../http/decode-text.ts";
import { parseForm } from "../http/form-urlencoded.ts";
import { createHttpError } from "../http/http-error.ts";
import { showAs } from "../http/inspect.ts";
import { readBoundary, readMultipart } from "../http/multipart.ts";
import { fillMultipartLimits, type MultipartLimits } from "../http/multipart-limits.ts";
import type { MultipartPart } from "../http/multipart-part.ts";
import { type BodyCoding, decodeBody, readBodyCoding } from "./body-coding.ts";
import { bodyTooLarge, bodyUsed, checkBodyLimit, failRead } from "./body-error.ts";
import { collectFormData, toFormData } from "./body-form-data.ts";
import { BodyReader, type ByteStream } from "./body-reader.ts";
import { type BodyType, classifyBody } from "./body-type.ts";
import { readHeader, type ServerRequest } from "./server-request.ts";

export type { BodyType } from "./body-type.ts";

/** How much a body may hold unless the application says otherwise, in bytes. */
export const DEFAULT_BODY_LIMIT_BYTES: number = 10 * 1024 * 1024;

/** Turns a parsed value into another, as in `JSON.parse`. */
export type JsonReviver = (key: string, value: unknown) => unknown;

/** Where a body comes from: a request of a server, or as much of one as there is. */
export type BodySource = Pick<ServerRequest, "getBody" | "headers"> & Partial<ServerRequest>;

/** What the application says of bodies. */
export interface BodyOptions {
  /**
   * Above so many bytes a read is refused with 413: by the length that the client announces, else as soon as so many
   * came in. `0` admits an empty body only, `Infinity` any.
   *
   * @default 10485760
   */
  limitBytes?: number | undefined;
  reviver?: JsonReviver | undefined;
  /**
   * Whether a body with the content encoding `gzip` or `deflate` is decoded, by any read but `stream`; the limit then
   * holds for both forms. Otherwise such a read is refused with 415.
   *
   * @default false
   */
  decompress?: boolean | undefined;
}

/** What one read does otherwise than the application says. */
export interface BodyReadOptions {
  /** The limit for this read, also where the body was read already. */
  limitBytes?: number;
}

/** What one read of JSON does otherwise than the application says. */
export interface BodyJsonOptions extends BodyReadOptions {
  reviver?: JsonReviver;
}

/** What one read of a form with files does otherwise than the application says. */
export interface BodyFormDataOptions extends BodyReadOptions, MultipartLimits {}

type Kind = "arrayBuffer" | "blob" | "formData" | "json" | "multipart" | "stream" | "text";

/**
 * The body of a request.
 *
 * A second read of the same kind gives the same value, also while the first goes on; `json` and `form` are read of
 * the text. Reads reject with an `HttpError`: 400 for what can't be parsed and for a client that leaves, 413 above
 * the limit, 415 for a type, charset or content encoding that can't be read; with a `TypeError` for a second read of
 * another kind. They throw a `RangeError` for a limit that is none.
 */
export class Body {
  readonly #source: BodySource;
  readonly #reviver: JsonReviver | undefined;
  readonly #decompress: boolean;
  #limitBytes: number;
  #raw: ByteStream | null | undefined;
  #stream: ByteStream | null | undefined;
  #kind: Kind | undefined;
  #value: Promise<unknown> | undefined;
  /** What knows how much was read. */
  #extent: { readonly length: number } = { length: 0 };

  static {
    showAs(this, "Body", ({ has, used }) => ({ has, used }));
  }

  /** Throws a `RangeError` for a limit that is none. A function is the reviver. */
  constructor(source: BodySource, options: BodyOptions | JsonReviver = {}) {
    const { limitBytes, reviver, decompress } =
      typeof options === "function" ? ({ reviver: options } as BodyOptions) : options;
    this.#source = source;
    this.#limitBytes = limitBytes ?? DEFAULT_BODY_LIMIT_BYTES;
    this.#reviver = reviver;
    this.#decompress = decompress ?? false;
    checkBodyLimit(this.#limitBytes);
  }

  /** Whether the request came with a body. */
  get has(): boolean {
    const length = this.#header("content-length");
    if (length !== null) return length !== "0";
    return this.#header("transfer-encoding") !== null || this.#open() !== null;
  }

  /** Whether the body was read, or its stream taken. */
  get used(): boolean {
    if (this.#kind !== undefined) return true;
    // One that is there already may have been read; to make one would take the body.
    return Object.hasOwn(this.#source, "request") && this.#source.request?.bodyUsed === true;
  }

  /** The limit of the reads to come, in bytes: a middleware may set another for the routes behind it. */
  get limitBytes(): number {
    return this.#limitBytes;
  }

  set limitBytes(limitBytes: number) {
    checkBodyLimit(limitBytes);
    this.#limitBytes = limitBytes;
  }

  /**
   * The body as it comes in, still encoded where the client encoded it; `null` where there is none. Above the limit it
   * errors with an `HttpError` 413: whoever wants more of it sets `limitBytes` before. Throws a `TypeError` after a
   * read.
   */
  get stream(): ByteStream | null {
    if (this.#kind !== undefined && this.#kind !== "stream") throw bodyUsed();
    if (this.#stream === undefined) this.#stream = this.#takeStream();
    if (this.#stream !== null) this.#kind = "stream";
    return this.#stream;
  }

  /**
   * What kind of body the content type announces; nothing is read.
   *
   * @param custom further media types by kind, as {@linkcode classifyBody} has them
   */
  type(custom?: Partial<Record<BodyType, readonly string[]>>): BodyType {
    return classifyBody(this.#header("content-type"), custom);
  }

  /**
   * The body as it can be sent on: `null` where there is none, what was read of it, else its stream. What
   * `formData` read gets a new boundary, hence another content type. Rejects as that read did.
   */
  async init(): Promise<BodyInit | null> {
    if (this.#kind === "multipart") throw bodyUsed();
    if (this.#kind === undefined || this.#kind === "stream") return this.has ? this.stream : null;
    return (await this.#value) as BodyInit;
  }

  /** The bytes of the body. */
  arrayBuffer(options?: BodyReadOptions): Promise<ArrayBuffer> {
    return this.#once("arrayBuffer", options, async (limitBytes) => {
      const bytes = await this.#bytes(limitBytes);
      const isWhole = bytes.byteLength === bytes.buffer.byteLength;
      return isWhole ? bytes.buffer : new Uint8Array(bytes).buffer;
    });
  }

  /** The bytes of the body, with its content type. */
  blob(options?: BodyReadOptions): Promise<Blob> {
    return this.#once("blob", options, async (limitBytes) => {
      return new Blob([await this.#bytes(limitBytes)], { type: this.#header("content-type") ?? "" });
    });
  }

  /** The body in the charset of its content type, else UTF-8. A byte order mark is left out. */
  text(options?: BodyReadOptions): Promise<string> {
    return this.#text(options).catch(failRead);
  }

  /**
   * The body as JSON, whatever its content type; `null` for an empty one. JSON is in UTF-8: a charset has no effect.
   *
   * @see RFC 8259, sections 8.1 and 11
   */
  // biome-ignore lint/suspicious/noExplicitAny: as the Fetch Standard's `json`
  json(options?: BodyJsonOptions): Promise<any> {
    const reviver = options?.reviver ?? this.#reviver;
    return this.#jsonText(options).then((text) => parseJson(text, reviver), failRead);
  }

  /** The body as the fields of a form, whatever its content type. */
  form(options?: BodyReadOptions): Promise<URLSearchParams> {
    return this.#text(options).then(parseForm, failRead);
  }

  /** The body as the fields and files of a form, all of it in memory. */
  formData(options: BodyFormDataOptions = {}): Promise<FormData> {
    fillMultipartLimits(options);
    return this.#once("formData", options, async (limitBytes) => {
      if (this.type() !== "form") return await collectFormData(this.#parts(limitBytes, options));
      const text = decodeText(await this.#bytes(limitBytes), this.#header("content-type"));
      return toFormData(parseForm(text));
    });
  }

  /**
   * The fields and files of a form as they come in, in their order: to be looped over once. A part that was not read
   * when the next is asked for is thrown away; where the loop is left early, so is the rest of the body.
   *
   * The loop rejects as reads do. Throws a `TypeError` after a read, and after another `multipart`.
   */
  multipart(options: BodyFormDataOptions = {}): AsyncIterable<MultipartPart> {
    const limitBytes = this.#limitOf(options);
    fillMultipartLimits(options);
    if (this.#kind !== undefined) throw bodyUsed();
    this.#kind = "multipart";
    return this.#parts(limitBytes, options);
  }

  #header(name: string): string | null {
    return readHeader(this.#source, name);
  }

  #limitOf(options: BodyReadOptions | undefined): number {
    const limitBytes = options?.limitBytes ?? this.#limitBytes;
    checkBodyLimit(limitBytes);
    return limitBytes;
  }

  #once<Value>(
    kind: Kind,
    options: BodyReadOptions | undefined,
    read: (limitBytes: number) => Promise<Value>,
  ): Promise<Value> {
    const limitBytes = this.#limitOf(options);
    if (this.#kind === undefined) {
      this.#kind = kind;
      this.#value = read(limitBytes);
      return this.#value as Promise<Value>;
    }
    if (this.#kind !== kind) return Promise.reject(bodyUsed());
    const value = this.#value as Promise<Value>;
    if (options?.limitBytes === undefined) return value;
    return value.then((whole) => {
      if (this.#extent.length > limitBytes) throw bodyTooLarge(limitBytes);
      return whole;
    });
  }

  /** The text, as `text` gives it but for what the server's own reading of it rejects with. */
  #text(options: BodyReadOptions | undefined): Promise<string> {
    // What was read as JSON is the same text where that is in UTF-8 anyway.
    const kind = this.#kind === "json" && comesToUtf8(this.#header("content-type")) ? "json" : "text";
    return this.#once(kind, options, (limitBytes) => {
      const type = this.#header("content-type");
      const text = isUtf8(type) ? this.#ownText(limitBytes) : undefined;
      return text ?? this.#bytes(limitBytes).then((bytes) => decodeText(bytes, type));
    });
  }

  #jsonText(options: BodyReadOptions | undefined): Promise<string> {
    return this.#once(this.#kind === "text" ? "text" : "json", options, (limitBytes) => {
      return this.#ownText(limitBytes) ?? this.#bytes(limitBytes).then((bytes) => decodeText(bytes, null));
    });
  }

  #open(): ByteStream | null {
    if (this.#raw === undefined) this.#raw = this.#source.getBody();
    return this.#raw;
  }

  #announcesMoreThan(limitBytes: number): boolean {
    return Number(this.#header("content-length") ?? 0) > limitBytes;
  }

  #takeStream(): ByteStream | null {
    const limitBytes = this.#limitBytes;
    if (this.#announcesMoreThan(limitBytes)) return failedStream(bodyTooLarge(limitBytes));
    const raw = this.#open();
    return raw === null ? null : new BodyReader(raw, limitBytes).toStream();
  }

  /** The text in UTF-8, as the server reads it itself, where it may: bounded by its announced length, and not coded. */
  #ownText(limitBytes: number): Promise<string> | undefined {
    if (this.#source.readText === undefined || this.#raw !== undefined) return undefined;
    const announced = Number(this.#header("content-length") ?? Number.NaN);
    if (!(announced <= limitBytes) || this.#header("content-encoding") !== null) return undefined;
    this.#extent = { length: announced };
    return this.#source.readText();
  }

  async #bytes(limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const coding = this.#check(limitBytes);
    if (coding !== undefined || this.#raw !== undefined || this.#source.readBody === undefined) {
      return (await this.#read(limitBytes, coding)?.readAll()) ?? new Uint8Array();
    }
    const bytes = await this.#source.readBody(limitBytes);
    this.#extent = { length: bytes.length };
    return bytes;
  }

  async *#parts(limitBytes: number, limits: MultipartLimits): AsyncGenerator<MultipartPart, void, void> {
    const type = this.#header("content-type");
    if (type === null) throw createHttpError(400, "Missing content type.");
    const boundary = readBoundary(type);
    const body = this.#read(limitBytes, this.#check(limitBytes))?.toStream() ?? new Blob([]).stream();
    yield* readMultipart(body, boundary, limits);
  }

  #check(limitBytes: number): BodyCoding | undefined {
    if (this.#announcesMoreThan(limitBytes)) throw bodyTooLarge(limitBytes);
    return readBodyCoding(this.#header("content-encoding"), this.#decompress);
  }

  #read(limitBytes: number, coding: BodyCoding | undefined): BodyReader | undefined {
    const raw = this.#open();
    if (raw === null) return undefined;
    const reader = new BodyReader(raw, limitBytes);
    const decoded = coding === undefined ? reader : decodeBody(reader.toStream(), coding, limitBytes);
    this.#extent = decoded;
    return decoded;
  }
}

function parseJson(text: string, reviver: JsonReviver | undefined): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw createHttpError(400, `The body is not JSON: ${error.message}`, { cause: error });
  }
}

function failedStream(error: Error): ByteStream {
  return new ReadableStream({
    start(controller) {
      controller.error(error);
    },
  });
}
