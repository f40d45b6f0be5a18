/**
 * Gives each answer the entity tag of its body, and 304 to the client that has it already.
 *
 * @example
 * ```ts
 * app.use(etag.factory());
 * app.use((ctx) => {
 *   ctx.response.body = { hello: "world" };
 * });
 * ```
 *
 * @module
 */

import type { Next } from "../app/compose.ts";
import type { BodyReplacer } from "../app/response-body.ts";
import {
  type ETagOptions,
  entityTag,
  type FileInfo,
  matchesStrongly,
  matchesWeakly,
} from "../http/entity-tag.ts";

export { entityTag as calculate } from "../http/entity-tag.ts";
export type { ETagOptions, FileInfo };

/** Of what a tag can be made. */
export type Entity = string | Uint8Array | FileInfo;

/** How tags are made, and of what. */
export interface ETagFactoryOptions extends ETagOptions {
  /** A larger `Blob` gets no tag: it would have to be read as a whole. @default 16 MiB */
  blobLimitBytes?: number;
}

/** What is needed of a context. */
export interface ETagContext {
  readonly request: { readonly headers: Headers; readonly method: string };
  readonly response: {
    body: unknown;
    status: number;
    type: string | undefined;
    readonly headers: Headers;
    readonly writable?: boolean;
    readonly replacer?: BodyReplacer | undefined;
  };
}

const BLOB_LIMIT_BYTES = 16 * 1024 * 1024;
/** What is said of a body, and not where there is none. */
const OF_BODY = ["content-encoding", "content-language", "content-length", "content-type"];

/**
 * Makes a middleware that tags what comes from below it: the answers to GET and HEAD with status 200, unless
 * they have an `ETag`. Where `If-None-Match` names the tag, the answer becomes an empty 304.
 *
 * What flows (streams, iterables, functions) and `FormData`, whose boundary is random, get no tag.
 *
 * @see RFC 9110, sections 8.8.3 and 13.1.2
 */
export function factory(
  options: ETagFactoryOptions = {},
): (context: ETagContext, next: Next) => Promise<void> {
  return async (context, next) => {
    await next();
    const { request, response } = context;
    if (request.method !== "GET" && request.method !== "HEAD") return;
    if (response.writable === false || response.status !== 200) return;
    const tag = response.headers.get("etag") ?? (await makeTag(context, options));
    if (tag === undefined) return;
    response.headers.set("etag", tag);
    const ifNoneMatch = request.headers.get("if-none-match");
    if (ifNoneMatch !== null && matchesWeakly(ifNoneMatch, tag)) answerNotModified(response);
  };
}

/**
 * Gives that of which the tag of a response would be made: text or bytes as they will be sent, or what is known
 * of an open file of Deno. `undefined` for a body that has no tag.
 *
 * Rejects with what JSON throws for an object that it can't express.
 */
export async function getEntity(
  { response }: Pick<ETagContext, "response">,
  options: ETagFactoryOptions = {},
): Promise<Entity | undefined> {
  const { body, replacer } = response;
  if (body === null || body === undefined || typeof body === "function") return undefined;
  if (typeof body !== "object") return String(body);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof URLSearchParams) return body.toString();
  if (body instanceof Blob) {
    const isLarge = body.size > (options.blobLimitBytes ?? BLOB_LIMIT_BYTES);
    return isLarge ? undefined : new Uint8Array(await body.arrayBuffer());
  }
  if (isFile(body)) return body.stat();
  if (body instanceof FormData || body instanceof ReadableStream || Symbol.asyncIterator in body)
    return undefined;
  return JSON.stringify(body, replacer);
}

/** Whether the `If-Match` header `value` lets a request for `entity` go on. @see RFC 9110, section 13.1.1 */
export async function ifMatch(value: string, entity: Entity, options?: ETagOptions): Promise<boolean> {
  return matchesStrongly(value, (await entityTag(entity, options)) ?? "");
}

/** Whether the `If-None-Match` header `value` lets a request for `entity` go on. @see RFC 9110, section 13.1.2 */
export async function ifNoneMatch(value: string, entity: Entity, options?: ETagOptions): Promise<boolean> {
  return !matchesWeakly(value, (await entityTag(entity, options)) ?? "");
}

async function makeTag(context: ETagContext, options: ETagFactoryOptions): Promise<string | undefined> {
  const entity = await getEntity(context, options);
  return entity === undefined ? undefined : entityTag(entity, options);
}

function answerNotModified(response: ETagContext["response"]): void {
  const { body, headers } = response;
  // Nobody will read it; whether its source minds is of no interest any more.
  if (body instanceof ReadableStream) body.cancel().catch(() => undefined);
  for (const name of OF_BODY) headers.delete(name);
  response.type = undefined;
  response.status = 304;
  response.body = null;
}

function isFile(body: object): body is { stat(): FileInfo | Promise<FileInfo> } {
  return "stat" in body && typeof body.stat === "function" && "readable" in body;
}
