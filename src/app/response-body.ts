/**
 * What becomes of the body that a handler set.
 *
 * @module
 */

import type { ResponseBody } from "./response.ts";

/** Turns a value into another on its way to JSON, as in `JSON.stringify`. */
export type BodyReplacer = (key: string, value: unknown) => unknown;

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

const HTML = /^\s*<(?:!DOCTYPE|html|body)/i;
const encoder = new TextEncoder();

/**
 * Encodes a response body:
 *
 * - text, numbers, booleans, bigints and symbols as text: HTML if it begins like it;
 * - bytes, `Blob`, `FormData` and `URLSearchParams` as they are;
 * - a `ReadableStream` or an async iterable as a stream at the reader's pace, text in it as UTF-8 and other
 *   objects as JSON; it is cancelled when the reader leaves;
 * - a function as what it returns;
 * - any other object as JSON. Throws a `TypeError` for one that JSON can't express.
 */
export async function encodeResponseBody(body: ResponseBody, replacer?: BodyReplacer): Promise<EncodedBody> {
  if (body === null || body === undefined) return { content: null };
  if (typeof body === "function") return encodeResponseBody(await (body as () => ResponseBody)(), replacer);
  if (typeof body !== "object") return encodeText(String(body));
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return { content: toBytes(body) };
  if (body instanceof FormData) return { content: body, type: null };
  if (body instanceof Blob || body instanceof URLSearchParams) return { content: body };
  if (body instanceof ReadableStream) return { content: streamOf(readerOf(body)) };
  if (Symbol.asyncIterator in body)
    return { content: streamOf((body as AsyncIterable<unknown>)[Symbol.asyncIterator]()) };
  const json: string | undefined = JSON.stringify(body, replacer);
  if (json === undefined) throw new TypeError("Cannot send the body: it becomes nothing as JSON");
  return { content: json, type: "json" };
}

function encodeText(text: string): EncodedBody {
  return { content: text, type: HTML.test(text) ? "html" : "text/plain" };
}

/** The bytes that a view shows, and no others of its buffer. */
function toBytes(view: ArrayBufferView | ArrayBuffer): Uint8Array<ArrayBuffer> {
  if (view instanceof ArrayBuffer) return new Uint8Array(view);
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
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

function streamOf(source: AsyncIterator<unknown>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await source.next();
        if (done === true) return controller.close();
        try {
          controller.enqueue(encodeChunk(value));
        } catch (error) {
          await source.return?.(error);
          throw error;
        }
      },
      async cancel(reason) {
        await source.return?.(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function encodeChunk(chunk: unknown): Uint8Array {
  if (ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer) return toBytes(chunk);
  return encoder.encode(typeof chunk === "object" ? JSON.stringify(chunk) : String(chunk));
}
