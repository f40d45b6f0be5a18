/**
 * What a middleware is given: the request, the response, and what can be done about them.
 *
 * @module
 */

import { createHttpError } from "../http/http-error.ts";
import type {
  ServerSentEventStreamTarget,
  ServerSentEventTargetOptions,
} from "../sse/event-stream-target.ts";
import type { HeaderList } from "../sse/response-headers.ts";
import type { JsonReviver } from "./body.ts";
import type { InFlight } from "./in-flight.ts";
import { openEventStream } from "./open-event-stream.ts";
import { Request } from "./request.ts";
import { Response } from "./response.ts";
import type { ServerRequest } from "./server-request.ts";

/** The state of a request or an application. */
// biome-ignore lint/suspicious/noExplicitAny: applications put anything there
export type State = Record<PropertyKey, any>;

/** What a context shows of its application, and needs of it. */
export interface ContextApplication<AppState extends State> extends EventTarget {
  proxy: boolean;
  state: AppState;
  readonly handle: (request: globalThis.Request) => Promise<globalThis.Response | undefined>;
  readonly fetch: (request: globalThis.Request) => Promise<globalThis.Response>;
}

/** What an application knows when it makes a context. */
export interface ContextOptions {
  secure?: boolean;
  jsonBodyReplacer?: ((key: string, value: unknown, context: Context) => unknown) | undefined;
  jsonBodyReviver?: ((key: string, value: unknown, context: Context) => unknown) | undefined;
  bodyLimitBytes?: number | undefined;
  /** Where open streams are counted. */
  inFlight?: InFlight;
}

/** Additions to an error that `assert` and `throw` make. */
// biome-ignore lint/suspicious/noExplicitAny: applications put anything there
export type ErrorProps = Record<string, any> & { expose?: boolean; headers?: Headers };

/** One request on its way through an application. */
export class Context<RequestState extends State = State, AppState extends State = State> {
  readonly app: ContextApplication<AppState>;
  readonly request: Request;
  readonly response: Response;
  /** For the application's own use, between its middleware. */
  state: RequestState;
  /** Whether the application answers when the middleware is through; set it to `false` to answer otherwise. */
  respond = true;
  readonly #serverRequest: ServerRequest;
  readonly #inFlight: InFlight | undefined;
  #target: ServerSentEventStreamTarget | undefined;

  constructor(
    app: ContextApplication<AppState>,
    serverRequest: ServerRequest,
    state: RequestState,
    options: ContextOptions = {},
  ) {
    this.app = app;
    this.state = state;
    this.#serverRequest = serverRequest;
    this.#inFlight = options.inFlight;
    const { secure = false, bodyLimitBytes } = options;
    const jsonBodyReviver = bindReviver(options.jsonBodyReviver, this as unknown as Context);
    this.request = new Request(serverRequest, { proxy: app.proxy, secure, jsonBodyReviver, bodyLimitBytes });
    this.response = new Response();
  }

  /** The target of the event stream, once there is one. */
  get eventTarget(): ServerSentEventStreamTarget | undefined {
    return this.#target;
  }

  /**
   * Answers with an event stream and gives its target; a second call gives the same one.
   *
   * The head leaves at once, with the headers that were set on the response and those of `options`. Throws a
   * `TypeError` when the request was answered already, and for options out of bounds.
   */
  sendEvents(options: ServerSentEventTargetOptions = {}): ServerSentEventStreamTarget {
    if (this.#target !== undefined) return this.#target;
    const own = mergeHeaders(this.response.headerList(), options.headers);
    const target = openEventStream(this.#serverRequest, withHeaders(options, own), this.#inFlight?.forget);
    this.respond = false;
    this.response.finalize();
    this.#inFlight?.stream(target);
    this.#target = target;
    return target;
  }

  /** The same as `sendEvents`. */
  getSSETarget(options?: ServerSentEventTargetOptions): ServerSentEventStreamTarget {
    return this.sendEvents(options);
  }

  /** Throws the error of `status` unless `condition` holds. */
  assert(condition: unknown, status = 500, message?: string, props?: ErrorProps): asserts condition {
    if (!condition) this.throw(status, message, props);
  }

  /** Throws the error of `status`; `props` are put on it. */
  throw(status: number, message?: string, props: ErrorProps = {}): never {
    const { expose, ...others } = props;
    const error = createHttpError(status, message, expose === undefined ? {} : { expose });
    throw Object.assign(error, others);
  }
}

/** Most streams set no header, and get no `Headers` made. */
function mergeHeaders(set: HeaderList, given: HeadersInit | undefined): HeadersInit | undefined {
  if (set.length === 0) return given;
  const merged = new Headers(set);
  for (const [name, value] of new Headers(given)) merged.set(name, value);
  return merged;
}

function withHeaders(
  options: ServerSentEventTargetOptions,
  headers: HeadersInit | undefined,
): ServerSentEventTargetOptions {
  return headers === undefined ? options : { ...options, headers };
}

function bindReviver(reviver: ContextOptions["jsonBodyReviver"], context: Context): JsonReviver | undefined {
  return reviver === undefined ? undefined : (key, value) => reviver(key, value, context);
}
