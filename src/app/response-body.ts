/**
 * What becomes of the body that a handler set.
 *
 * @module
 */

import { encodeChunk, encodeStreamChunk, isBytes, viewBytes } from "./body-chunk.ts";

/** What may be set as a body: see {@linkcode encodeResponseBody} for what becomes of each. */
export type ResponseBody =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | object
  | undefined
  | null
  | ResponseBodyFunction;

/** A body that is made when it is needed. */
export type ResponseBodyFunction = () => ResponseBody | Promise<ResponseBody>;

/** Turns a value into another on its way to JSON, as in `JSON.stringify`. */
export type BodyReplacer = (key: string, value: unknown) => unknown;

/** How a body is encoded. */
export interface EncodeBodyOptions {
  replacer?: BodyReplacer | undefined;
  /** Called once when a body that flows was read to its end, was cancelled, or failed. */
  onEnd?: (() => void) | undefined;
}

/**
 * A body that is all there, or one that flows. `type` is the media type where the handler set none; `null`
 * where the body alone knows it.
 */
export interface EncodedBody {
  content:
    | string
    | Uint8Array<ArrayBuffer>
    | null
    | ReadableStream<Uint8Array>
    | Blob
    | FormData
    | URLSearchParams;
  type?: string | null;
}

/** A file of Deno, or what works like one. */
interface FileLike {
  stat(): unknown;
  readable: ReadableStream<unknown>;
}

type EncodeChunk = (chunk: unknown) => Uint8Array | null | Promise<Uint8Array | null>;

const SPACE = 0x20;
const LESS_THAN = 0x3c;
const ASCII_END = 0x7e;
const HTML = /^\s*<(?:!DOCTYPE|html|body)/i;

/**
 * Encodes a response body:
 *
 * - text, numbers, booleans, bigints and symbols as text: HTML if it begins like it;
 * - bytes, `Blob`, `FormData` and `URLSearchParams` as they are;
 * - a `ReadableStream`, an async iterable or an open file of Deno as a stream at the reader's pace; it is cancelled
 *   when the reader leaves. {@linkcode encodeStreamChunk} and {@linkcode encodeChunk} say what becomes of a chunk;
 * - a function as what it returns, perhaps later;
 * - any other object as JSON. Throws a `TypeError` for one that JSON can't express.
 */
export function encodeResponseBody(
  body: ResponseBody,
  options: EncodeBodyOptions = {},
): EncodedBody | Promise<EncodedBody> {
  if (typeof body === "string") return encodeText(body);
  if (body === null || body === undefined) return { content: null };
  if (typeof body === "function") return encodeResult(body as ResponseBodyFunction, options);
  if (typeof body !== "object") return encodeText(String(body));
  return encodeObject(body, options);
}

async function encodeResult(make: ResponseBodyFunction, options: EncodeBodyOptions): Promise<EncodedBody> {
  return encodeResponseBody(await make.call(null), options);
}

function encodeObject(body: object, options: EncodeBodyOptions): EncodedBody {
  // To ask whether it is one of the platform's is dear, and most are none.
  const special = isPlainObject(body) ? undefined : encodePlatformObject(body, options);
  if (special !== undefined) return special;
  if (isFile(body)) {
    return { content: streamOf(readerOf(body.readable), encodeStreamChunk, options.onEnd) };
  }
  if (Symbol.asyncIterator in body) {
    const source = (body as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    return { content: streamOf(source, encodeChunk, options.onEnd) };
  }
  const json: string | undefined = JSON.stringify(body, options.replacer);
  if (json === undefined) throw new TypeError("Cannot send the body: it becomes nothing as JSON");
  return { content: json, type: "json" };
}

function isPlainObject(body: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(body);
  return prototype === Object.prototype || prototype === Array.prototype;
}

function encodePlatformObject(body: object, { onEnd }: EncodeBodyOptions): EncodedBody | undefined {
  if (isBytes(body)) return { content: viewBytes(body) };
  if (body instanceof FormData) return { content: body, type: null };
  if (body instanceof Blob || body instanceof URLSearchParams) return { content: body };
  if (body instanceof ReadableStream) return { content: streamOf(readerOf(body), encodeStreamChunk, onEnd) };
  return undefined;
}

function encodeText(text: string): EncodedBody {
  const first = text.charCodeAt(0);
  // Only what begins with "<" or a blank can be HTML.
  const mayBeHtml = first === LESS_THAN || first <= SPACE || first > ASCII_END;
  return { content: text, type: mayBeHtml && HTML.test(text) ? "html" : "text/plain" };
}

function isFile(body: object): body is FileLike {
  return "stat" in body && typeof body.stat === "function" && "readable" in body;
}

function readerOf(stream: ReadableStream<unknown>): AsyncIterator<unknown> {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: async (reason) => {
      await reader.cancel(reason);
      return { done: true, value: undefined };
    },
  };
}

function streamOf(
  source: AsyncIterator<unknown>,
  encode: EncodeChunk,
  onEnd?: () => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = await nextChunk(source, encode);
          if (chunk !== null) return controller.enqueue(chunk);
          controller.close();
        } catch (error) {
          onEnd?.();
          throw error;
        }
        onEnd?.();
      },
      async cancel(reason) {
        try {
          await source.return?.(reason);
        } finally {
          onEnd?.();
        }
      },
    },
    { highWaterMark: 0 },
  );
}

/** The next chunk, `null` at the end. A source that is not asked to its end, for whatever reason, is told. */
async function nextChunk(source: AsyncIterator<unknown>, encode: EncodeChunk): Promise<Uint8Array | null> {
  const { done, value } = await source.next();
  if (done === true) return null;
  try {
    const chunk = await encode(value);
    if (chunk === null) await source.return?.();
    return chunk;
  } catch (error) {
    await source.return?.(error);
    throw error;
  }
}
