/**
 * The response as a handler builds it.
 *
 * @module
 */

import { contentType } from "../http/content-type.ts";
import { showAs } from "../http/inspect.ts";
import { isNullBodyStatus, isRedirectStatus, STATUS_TEXT } from "../http/status.ts";
import type { HeaderList } from "../sse/response-headers.ts";
import { encodeUrl, redirectPage } from "./redirect-page.ts";
import { type BodyReplacer, encodeResponseBody, type ResponseBody } from "./response-body.ts";

/** In place of a URL: back to the page from which the client came. */
export const REDIRECT_BACK: unique symbol = Symbol("redirect backwards");

/** What a response needs of its request. */
export interface ResponseRequest {
  readonly headers: Headers;
  accepts(...types: string[]): string | string[] | undefined;
  readonly url?: URL;
}

/** Something that lives as long as the response, such as an open file. */
export interface Resource {
  close(): unknown;
}

/** One HTTP response, until it is sent. Its setters throw once it was. */
export class Response {
  readonly #request: ResponseRequest | undefined;
  readonly #replacer: BodyReplacer | undefined;
  #body: ResponseBody;
  #bodySet = false;
  #status: number | undefined;
  #type: string | undefined;
  #headers: Headers | undefined;
  #source: globalThis.Response | undefined;
  #domResponse: Promise<globalThis.Response> | undefined;
  #resources: Set<Resource> | undefined;
  #writable = true;
  #sent = false;

  static {
    showAs(this, "Response", ({ body, headers, status, type, writable }) => {
      return { body, headers, status, type, writable };
    });
  }

  /** `replacer` is called for each value of a body that becomes JSON. */
  constructor(request?: ResponseRequest, replacer?: BodyReplacer) {
    this.#request = request;
    this.#replacer = replacer;
  }

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

  /** Called for each value of a body that becomes JSON. */
  get replacer(): BodyReplacer | undefined {
    return this.#replacer;
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

  /** The text that goes with the status. */
  get statusText(): string {
    return STATUS_TEXT[this.status] ?? "";
  }

  /** The media type or extension, as it was set. A content type among the headers goes before it. */
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

  /**
   * Sends the client elsewhere: with the status that is set if it is a redirect's, else with 302.
   *
   * `REDIRECT_BACK` is the page that the client came from, if it names one of this host; else `alternative`.
   * The body says so, as HTML where the client reads it; no link is made of a URL that is not the web's, lest
   * it be a script.
   */
  redirect(url: string | URL | typeof REDIRECT_BACK, alternative: string | URL = "/"): void {
    const location = encodeUrl(`${url === REDIRECT_BACK ? this.#referrer(alternative) : url}`);
    if (this.#status === undefined || !isRedirectStatus(this.#status)) this.status = 302;
    this.headers.set("location", location);
    const { type, body } = redirectPage(location, this.#request?.accepts("html") !== undefined);
    this.type = type;
    this.body = body;
  }

  /** Answers with `response` as it is, or as `new Response(body, init)`; nothing can be changed afterwards. */
  with(response: globalThis.Response | BodyInit | null, init?: ResponseInit): void {
    if (!this.#writable) throw new Error("A response has already been finalized.");
    this.#source =
      response instanceof globalThis.Response ? response : new globalThis.Response(response, init);
    this.#status = this.#source.status;
    this.#writable = false;
  }

  /** Keeps `resource` until the response is over, however it ends; it is closed then, once. */
  addResource(resource: Resource): void {
    this.#resources ??= new Set();
    this.#resources.add(resource);
  }

  /** Whether there are resources that wait for the end of the response. */
  get hasResources(): boolean {
    return this.#resources !== undefined && this.#resources.size > 0;
  }

  /** Ends it: nothing can be changed any more, and the resources are closed, or let go when `closeResources` is `false`. */
  destroy(closeResources = true): void {
    this.#writable = false;
    const resources = this.#resources;
    this.#resources = undefined;
    if (!closeResources || resources === undefined) return;
    for (const resource of resources) closeQuietly(resource);
  }

  /**
   * Gives the response of the Fetch Standard that this one is; nothing can be changed afterwards. A second call
   * gives the same.
   *
   * Rejects with what the body throws while it is encoded.
   */
  toDomResponse(): Promise<globalThis.Response> {
    this.#domResponse ??= this.#toDomResponse();
    return this.#domResponse;
  }

  /** Ends its being writable: it is sent, or something else was. */
  finalize(): void {
    this.#writable = false;
    this.#sent = true;
  }

  /** Forgets all that was set or given, headers too, and closes the resources. Throws an `Error` once it was sent. */
  reset(): void {
    if (this.#sent) throw new Error("The response is not writable.");
    this.destroy();
    this.#writable = true;
    this.#source = undefined;
    this.#domResponse = undefined;
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

  async #toDomResponse(): Promise<globalThis.Response> {
    if (this.#source !== undefined) return this.#source;
    const { status, statusText } = this;
    const body = isNullBodyStatus(status) ? null : this.#body;
    const { content, type } = await encodeResponseBody(body, { replacer: this.#replacer });
    const headers = this.headerList(type);
    const names = headers.map(([name]) => name);
    if (content === null && !names.includes("content-type") && !names.includes("content-length")) {
      headers.push(["content-length", "0"]);
    }
    this.#source = new globalThis.Response(content, { status, statusText, headers });
    this.#writable = false;
    return this.#source;
  }

  #referrer(alternative: string | URL): string | URL {
    const referrer = this.#request?.headers.get("referer");
    if (referrer === null || referrer === undefined) return alternative;
    // Whoever links to us from elsewhere must not decide where our redirects lead.
    const own = this.#request?.url?.host;
    return own === undefined || (URL.canParse(referrer) && new URL(referrer).host === own)
      ? referrer
      : alternative;
  }

  #mustBeWritable(): void {
    if (!this.#writable) throw new Error("The response is not writable.");
  }
}

function closeQuietly(resource: Resource): void {
  try {
    const closed: unknown = resource.close();
    if (closed instanceof Promise) closed.catch(() => undefined);
  } catch {
    // It is closed already, or can't be: nobody is left to be told.
  }
}
