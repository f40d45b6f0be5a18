/**
 * The response as a handler builds it.
 *
 * @module
 */

import { contentType } from "../http/content-type.ts";
import { isRedirectStatus, STATUS_TEXT } from "../http/status.ts";
import type { HeaderList } from "../sse/response-headers.ts";

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
  | (() => ResponseBody | Promise<ResponseBody>);

/** One HTTP response, until it is sent. Its setters throw once it was. */
export class Response {
  #body: ResponseBody;
  #bodySet = false;
  #status: number | undefined;
  #type: string | undefined;
  #headers: Headers | undefined;
  #source: globalThis.Response | undefined;
  #writable = true;
  #sent = false;

  /** Whether it is on its way to the client, or something else was sent instead. */
  get sent(): boolean {
    return this.#sent;
  }

  /** Whether it can still be changed. */
  get writable(): boolean {
    return this.#writable;
  }

  get body(): ResponseBody {
    return this.#body;
  }

  set body(value: ResponseBody) {
    this.#mustBeWritable();
    this.#body = value;
    this.#bodySet = true;
  }

  get headers(): Headers {
    this.#headers ??= new Headers();
    return this.#headers;
  }

  set headers(value: Headers) {
    this.#mustBeWritable();
    this.#headers = value;
  }

  /** As it was set; else 200 with a body, 204 with one set to nothing, 404 without. */
  get status(): number {
    if (this.#status !== undefined) return this.#status;
    if (this.#body !== undefined && this.#body !== null) return 200;
    return this.#bodySet ? 204 : 404;
  }

  /** Throws a `RangeError` for a number from which no response can be made. */
  set status(value: number) {
    this.#mustBeWritable();
    if (!Number.isInteger(value) || value < 200 || value > 599) {
      throw new RangeError(
        `Cannot set the status of a response to ${String(value)}: not an integer from 200 to 599`,
      );
    }
    this.#status = value;
  }

  /** The media type or extension, as it was set. */
  get type(): string | undefined {
    return this.#type;
  }

  set type(value: string | undefined) {
    this.#mustBeWritable();
    this.#type = value;
  }

  /** A response of the Fetch Standard that is sent instead, once `with` was given one. */
  get source(): globalThis.Response | undefined {
    return this.#source;
  }

  /** Sends the client elsewhere: with the status that is set if it is a redirect's, else with 302. */
  redirect(url: string | URL): void {
    const location = encodeUrl(`${url}`);
    if (this.#status === undefined || !isRedirectStatus(this.#status)) this.status = 302;
    this.headers.set("location", location);
    this.type = "text/plain";
    this.body = `Redirecting to ${location}.`;
  }

  /** Answers with `response` as it is; nothing can be changed afterwards. */
  with(response: globalThis.Response): void {
    if (!this.#writable) throw new Error("A response has already been finalized.");
    this.#source = response;
    this.#status = response.status;
    this.#writable = false;
  }

  /** Ends its being writable: it is sent, or something else was. */
  finalize(): void {
    this.#writable = false;
    this.#sent = true;
  }

  /** Forgets all that was set or given, headers too. Throws an `Error` once it was sent. */
  reset(): void {
    if (this.#sent) throw new Error("The response is not writable.");
    this.#writable = true;
    this.#source = undefined;
    this.#body = undefined;
    this.#bodySet = false;
    this.#status = undefined;
    this.#type = undefined;
    this.#headers = undefined;
  }

  /** The headers as they are sent: what was set, and the content type unless it was. `null` is for none. */
  headerList(defaultType?: string | null): HeaderList {
    const headers: HeaderList = this.#headers === undefined ? [] : [...this.#headers];
    const type = defaultType === null ? undefined : (this.#type ?? defaultType);
    if (type === undefined || this.#headers?.has("content-type")) return headers;
    const value = contentType(type);
    if (value !== undefined) headers.push(["content-type", value]);
    return headers;
  }

  /** The text that goes with the status. */
  get statusText(): string {
    return STATUS_TEXT[this.status] ?? "";
  }

  #mustBeWritable(): void {
    if (!this.#writable) throw new Error("The response is not writable.");
  }
}

/** Encodes what may not stand in a URL, half a surrogate pair as U+FFFD; what is encoded already stays as it is. */
function encodeUrl(url: string): string {
  return url
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/[^!#-;=?-[\]_a-z~]|%(?![\dA-Fa-f]{2})/gu, encodeURIComponent);
}
