/**
 * What becomes of the body that a handler set.
 *
 * @module
 */

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

const HTML = /^\s*<(?:!DOCTYPE|html|body)/i;
const encoder = new TextEncoder();

/**
 * Encodes a response body:
 *
 * - text, numbers, booleans, bigints and symbols as text: HTML if it begins like it;
 * - bytes, `Blob`, `FormData` and `URLSearchParams` as they are;
 * - a `ReadableStream`, an async iterable or an open file of Deno as a stream at the reader's pace, text in it
 *   as UTF-8 and other objects as JSON; it is cancelled when the reader leaves;
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

function encodeObject(body: object, { replacer, onEnd }: EncodeBodyOptions): EncodedBody {
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return { content: toBytes(body) };
  if (body instanceof FormData) return { content: body, type: null };
  if (body instanceof Blob || body instanceof URLSearchParams) return { content: body };
  if (body instanceof ReadableStream) return { content: streamOf(readerOf(body), onEnd) };
  if (isFile(body)) return { content: streamOf(readerOf(body.readable), onEnd) };
  if (Symbol.asyncIterator in body) {
    return { content: streamOf((body as AsyncIterable<unknown>)[Symbol.asyncIterator](), onEnd) };
  }
  const json: string | undefined = JSON.stringify(body, replacer);
  if (json === undefined) throw new TypeError("Cannot send the body: it becomes nothing as JSON");
  return { content: json, type: "json" };
}

function encodeText(text: string): EncodedBody {
  return { content: text, type: HTML.test(text) ? "html" : "text/plain" };
}

function isFile(body: object): body is FileLike {
  return "stat" in body && typeof body.stat === "function" && "readable" in body;
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

function streamOf(source: AsyncIterator<unknown>, onEnd?: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await source.next();
          if (done !== true) return controller.enqueue(await encodeChunk(value, source));
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

/** Encodes a chunk; the source of one that can't be encoded is told, since nobody asks it for more. */
async function encodeChunk(chunk: unknown, source: AsyncIterator<unknown>): Promise<Uint8Array> {
  try {
    if (ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer) return toBytes(chunk);
    return encoder.encode(typeof chunk === "object" ? JSON.stringify(chunk) : String(chunk));
  } catch (error) {
    await source.return?.(error);
    throw error;
  }
}
