/**
 * A field or a file of a multipart form, as it comes in.
 *
 * @module
 */

import { decodeText } from "./decode-text.ts";
import type { DelimitedReader } from "./delimited-reader.ts";
import { createHttpError } from "./http-error.ts";
import type { MultipartHeader } from "./multipart-header.ts";

/** The content of a part, read from the body that it is a part of. */
export class MultipartContent {
  readonly #source: DelimitedReader;
  readonly #delimiter: Uint8Array;
  readonly #maxBytes: number;
  readonly #title: string;
  #length = 0;
  #ended = false;
  /** Whether some of it was thrown away. */
  #passed = false;
  #all: Promise<Uint8Array<ArrayBuffer>> | undefined;
  /** One after another, whoever asks. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(source: DelimitedReader, delimiter: Uint8Array, maxBytes: number, title: string) {
    this.#source = source;
    this.#delimiter = delimiter;
    this.#maxBytes = maxBytes;
    this.#title = title;
  }

  /** The next bytes; `undefined` at the end. Rejects past the limit, and for what was thrown away. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#inTurn(() => {
      if (!this.#passed) return this.#next();
      throw new TypeError(`Cannot read ${this.#title}: the next part was asked for`);
    });
  }

  /** The whole; asked again, the same. */
  readAll(): Promise<Uint8Array<ArrayBuffer>> {
    this.#all ??= this.#collect();
    return this.#all;
  }

  /** Waits for `readAll`, if it was asked for, and throws away what is left. */
  async pass(): Promise<void> {
    await this.#all;
    await this.#inTurn(async () => {
      while ((await this.#next()) !== undefined) this.#passed = true;
    });
  }

  #inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #collect(): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: BlobPart[] = [];
    for (let piece = await this.read(); piece !== undefined; piece = await this.read()) pieces.push(piece);
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  }

  async #next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#ended) return undefined;
    const piece = this.#length > this.#maxBytes ? undefined : await this.#source.takePiece(this.#delimiter);
    this.#length += piece?.byteLength ?? 0;
    if (this.#length > this.#maxBytes) {
      throw createHttpError(413, `Cannot read ${this.#title}: it is larger than ${this.#maxBytes} bytes`);
    }
    this.#ended = piece === undefined;
    return piece;
  }
}

/**
 * A field or a file of a multipart form. It is read once: as a `stream`, or as a whole. The names are what the
 * client says: a file name may hold any characters, those of a path too.
 *
 * Reads reject with an `HttpError`: 400 for what is malformed or ends too early, 413 past a limit, 415 for a
 * charset that nobody knows; with a `TypeError` for a second read of another kind.
 */
export class MultipartPart {
  readonly name: string;
  /** Only a file has one; it is empty where a form was sent without choosing a file. */
  readonly filename: string | undefined;
  /** The media type, with its parameters; `text/plain` where the client says none. */
  readonly type: string;
  readonly headers: Headers;
  readonly #content: MultipartContent;
  #kind: "stream" | "whole" | undefined;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  constructor({ name, filename, type, headers }: MultipartHeader, content: MultipartContent) {
    this.name = name;
    this.filename = filename;
    this.type = type;
    this.headers = headers;
    this.#content = content;
  }

  /** The content at the reader's pace. It errors when the next part is asked for before its end. */
  get stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#use("stream");
    const content = this.#content;
    this.#stream ??= new ReadableStream(
      {
        async pull(controller) {
          const piece = await content.read();
          if (piece === undefined) controller.close();
          else controller.enqueue(piece);
        },
      },
      { highWaterMark: 0 },
    );
    return this.#stream;
  }

  /** The content as bytes. The next part waits for it. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    this.#use("whole");
    return await this.#content.readAll();
  }

  /** The content as text, in the charset of the part's type, else UTF-8. */
  async text(): Promise<string> {
    return decodeText(await this.bytes(), this.type);
  }

  /** The content as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: as the Fetch Standard's `json`
  async json(): Promise<any> {
    const text = await this.text();
    try {
      return JSON.parse(text);
    } catch (error) {
      const { message } = error as SyntaxError;
      throw createHttpError(400, `The part ${JSON.stringify(this.name)} is not JSON: ${message}`, {
        cause: error,
      });
    }
  }

  #use(kind: "stream" | "whole"): void {
    if (this.#kind !== undefined && this.#kind !== kind) {
      throw new TypeError(`Cannot read the part ${JSON.stringify(this.name)}: it was read already`);
    }
    this.#kind = kind;
  }
}
