/**
 * What becomes of one chunk of a body that flows.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * Encodes a chunk of a `ReadableStream`; `null` stands for the end that a chunk `null` asks for.
 *
 * Bytes are sent as they are, a view as what it shows, an array of numbers as bytes, each modulo 256; text, numbers,
 * booleans and bigints as text, and so is what has one of these for its value, such as a `Date`; other objects as
 * JSON. A promise is what it becomes. Rejects with a `TypeError` for `undefined`, a symbol, a function, and what JSON
 * can't express.
 */
export async function encodeStreamChunk(chunk: unknown): Promise<Uint8Array<ArrayBuffer> | null> {
  const value = await chunk;
  if (value === null) return null;
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return Uint8Array.from(value);
  return encodeChunk(primitiveOf(value) ?? value);
}

/**
 * Encodes a chunk of an async iterable: the same, but every object that is not bytes is JSON, `null` and arrays too.
 * Throws where a stream's chunk would reject.
 */
export function encodeChunk(chunk: unknown): Uint8Array<ArrayBuffer> {
  if (isBytes(chunk)) return viewBytes(chunk);
  return encoder.encode(typeof chunk === "object" ? toJson(chunk) : toText(chunk));
}

/** Whether it is an `ArrayBuffer` or a view of one. */
export function isBytes(value: unknown): value is ArrayBufferView | ArrayBuffer {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** The bytes that a view shows, and no others of its buffer. */
export function viewBytes(view: ArrayBufferView | ArrayBuffer): Uint8Array<ArrayBuffer> {
  if (view instanceof ArrayBuffer) return new Uint8Array(view);
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

/** The value that an object stands for, if text can be made of it. */
function primitiveOf(chunk: unknown): string | number | boolean | bigint | undefined {
  if (typeof chunk !== "object" || chunk === null || isBytes(chunk)) return undefined;
  const value: unknown = typeof chunk.valueOf === "function" ? chunk.valueOf() : undefined;
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "bigint":
      return value;
    default:
      return undefined;
  }
}

function toText(chunk: unknown): string {
  if (chunk === undefined || typeof chunk === "symbol" || typeof chunk === "function") {
    throw new TypeError(`Cannot send ${nameOf(chunk)} as a chunk of the body: it is neither text nor bytes`);
  }
  return String(chunk);
}

function toJson(chunk: unknown): string {
  const json: string | undefined = JSON.stringify(chunk);
  if (json === undefined) throw new TypeError("Cannot send a chunk of the body: it becomes nothing as JSON");
  return json;
}

/** A function's text would be its source. */
function nameOf(chunk: unknown): string {
  return typeof chunk === "function" ? `the function "${chunk.name}"` : `"${String(chunk)}"`;
}
