/**
 * The body of a request: read once, by the way that the application asks for, and never more of it than the
 * limit.
 *
 * @module
 */

import { createHttpError } from "../http/http-error.ts";
import { concatenate } from "../wire/concatenate.ts";
import type { ServerRequest } from "./server-request.ts";

/** How much a body may hold unless the application says otherwise, in bytes. */
export const DEFAULT_BODY_LIMIT_BYTES: number = 10 * 1024 * 1024;

/** Turns a parsed value into another, as in `JSON.parse`. */
export type JsonReviver = (key: string, value: unknown) => unknown;

/** What the application says of bodies. */
export interface BodyOptions {
  /**
   * Above so many bytes a read is refused with 413.
   *
   * @default 10485760
   */
  limitBytes?: number;
  reviver?: JsonReviver | undefined;
}

type Kind = "arrayBuffer" | "blob" | "formData" | "text";

/**
 * The body of a request.
 *
 * A second read of the same kind gives the same value; `json` and `form` are read of the text. Reads reject
 * with an `HttpError`: 400 for what can't be parsed, 413 above the limit; with a `TypeError` for a second read
 * of another kind.
 */
export class Body {
  readonly #request: ServerRequest;
  readonly #limitBytes: number;
  readonly #reviver: JsonReviver | undefined;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | null | undefined;
  #kind: Kind | "stream" | undefined;
  #value: Promise<unknown> | undefined;

  constructor(request: ServerRequest, options: BodyOptions = {}) {
    this.#request = request;
    this.#limitBytes = options.limitBytes ?? DEFAULT_BODY_LIMIT_BYTES;
    this.#reviver = options.reviver;
  }

  /** Whether the request came with a body. */
  get has(): boolean {
    const length = this.#request.getHeader("content-length");
    if (length !== null) return length !== "0";
    return this.#request.getHeader("transfer-encoding") !== null || this.#body() !== null;
  }

  /** Whether the body was read, or its stream taken. */
  get used(): boolean {
    return this.#kind !== undefined;
  }

  /** The body itself, for the application to read; the limit is then its own care. */
  get stream(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#kind !== undefined && this.#kind !== "stream") throw usedError();
    const body = this.#body();
    if (body !== null) this.#kind = "stream";
    return body;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#once("arrayBuffer", async () => (await this.#bytes()).buffer);
  }

  blob(): Promise<Blob> {
    return this.#once("blob", async () => new Blob([await this.#bytes()], { type: this.#contentType() }));
  }

  text(): Promise<string> {
    return this.#once("text", async () => new TextDecoder().decode(await this.#bytes()));
  }

  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: as the Fetch Standard's `json`
  async json(): Promise<any> {
    const text = await this.text();
    try {
      return JSON.parse(text, this.#reviver);
    } catch (error) {
      throw badRequest(`The body is not JSON: ${(error as Error).message}`, error);
    }
  }

  /** The body as the fields of a form. */
  async form(): Promise<URLSearchParams> {
    return new URLSearchParams(await this.text());
  }

  /** The body as the fields and files of a form. */
  formData(): Promise<FormData> {
    return this.#once("formData", async () => {
      const type = this.#contentType();
      const headers = { "content-type": type };
      const bytes = await this.#bytes();
      // Deno takes a body that was cut off, or is none of this kind, for a form.
      if (!isTerminated(bytes, type))
        throw badRequest("The body is not a form: its last boundary is missing");
      return await new Response(bytes, { headers }).formData().catch((error) => {
        throw badRequest(`The body is not a form: ${(error as Error).message}`, error);
      });
    });
  }

  #contentType(): string {
    return this.#request.getHeader("content-type") ?? "";
  }

  #body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#stream === undefined) this.#stream = this.#request.getBody();
    return this.#stream;
  }

  #once<Value>(kind: Kind, read: () => Promise<Value>): Promise<Value> {
    if (this.#kind !== undefined && this.#kind !== kind) return Promise.reject(usedError());
    this.#kind = kind;
    this.#value ??= read();
    return this.#value as Promise<Value>;
  }

  async #bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const announced = Number(this.#request.getHeader("content-length") ?? 0);
    if (announced > this.#limitBytes) throw tooLarge(this.#limitBytes);
    const chunks: Uint8Array[] = [];
    let length = 0;
    const reader = this.#body()?.getReader();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      chunks.push(part.value);
      length += part.value.byteLength;
      if (length <= this.#limitBytes) continue;
      const error = tooLarge(this.#limitBytes);
      // The rest is refused; whether the client hears so is not this reader's concern.
      reader?.cancel(error).catch(() => undefined);
      throw error;
    }
    return concatenate(chunks, length);
  }
}

/** Whether a multipart body comes to its end. @see RFC 2046, section 5.1.1 */
function isTerminated(bytes: Uint8Array, contentType: string): boolean {
  const match = /^multipart\/form-data\b.*;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  return boundary === undefined || new TextDecoder("latin1").decode(bytes).includes(`--${boundary}--`);
}

function usedError(): TypeError {
  return new TypeError("Body already used as a different type.");
}

function badRequest(message: string, cause?: unknown): Error {
  return createHttpError(400, message, { cause });
}

function tooLarge(limitBytes: number): Error {
  return createHttpError(413, `The body is larger than ${limitBytes} bytes`);
}
