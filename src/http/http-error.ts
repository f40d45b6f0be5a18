/**
 * Errors that know their status: thrown anywhere in an application, answered as what they are.
 *
 * @module
 */

import { type ErrorResponseOptions, errorResponse } from "./error-response.ts";
import { STATUS_CODE, STATUS_TEXT, Status, type StatusName } from "./status.ts";

export type { ErrorStatus } from "./status.ts";

/** What may be said of an {@linkcode HttpError} beside its status and message. */
export interface HttpErrorOptions extends ErrorOptions {
  /** Whether the client may read the message. By default it may for 4xx, and may not for 5xx. */
  expose?: boolean;
  /** Headers for the answer. */
  headers?: HeadersInit;
}

/** The names of the statuses that are errors, those of older standards too. */
export type HttpErrorName = {
  [Name in StatusName]: `${(typeof Status)[Name]}` extends `${4 | 5}${string}` ? Name : never;
}[StatusName];

/** An error that an application answers with its `status`, and with its message if that is exposed. */
export class HttpError extends Error {
  readonly #status: number;
  readonly #expose: boolean;
  /** Headers for the answer. */
  headers?: Headers;

  constructor(status: number, message: string = STATUS_TEXT[status] ?? "", options: HttpErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.#status = status;
    this.#expose = options.expose ?? status < 500;
    this.name = `${errorNames.get(status) ?? "Http"}Error`;
    if (options.headers !== undefined) this.headers = new Headers(options.headers);
  }

  /** The status of the answer. */
  get status(): number {
    return this.#status;
  }

  /** Whether the client may read the message. */
  get expose(): boolean {
    return this.#expose;
  }

  /** Makes the answer: JSON, a page or text, as the request's client reads it. */
  asResponse(options?: ErrorResponseOptions): Response {
    return errorResponse(this, options);
  }
}

/** The error of one status, as `new httpErrors.NotFound(message?, options?)`. */
export type HttpErrorConstructor = new (message?: string, options?: HttpErrorOptions) => HttpError;

const errorNames = new Map<number, HttpErrorName>(
  Object.entries(STATUS_CODE).flatMap(([name, status]) =>
    status >= 400 ? [[status, name as HttpErrorName]] : [],
  ),
);

const errorClasses: ReadonlyMap<number, HttpErrorConstructor> = new Map(
  Array.from(errorNames, ([status, name]) => [status, errorClass(status, name)]),
);

/** A class for each status from 400 on, by the names of the status. */
export const httpErrors: Readonly<Record<HttpErrorName, HttpErrorConstructor>> = Object.fromEntries(
  Object.entries(Status).flatMap(([name, status]) => {
    const StatusError = errorClasses.get(status);
    return StatusError === undefined ? [] : [[name, StatusError]];
  }),
) as Record<HttpErrorName, HttpErrorConstructor>;

/**
 * Makes the error of `status`, which is an instance of that status's class.
 *
 * Throws a `RangeError` for a number that is no registered status from 400 on.
 */
export function createHttpError(status = 500, message?: string, options?: HttpErrorOptions): HttpError {
  const StatusError = errorClasses.get(status);
  if (StatusError === undefined) {
    throw new RangeError(`Cannot create an HTTP error of status "${status}": not an error status`);
  }
  return new StatusError(message, options);
}

/** Whether `value` is an {@linkcode HttpError}. */
export function isHttpError(value: unknown): value is HttpError {
  return value instanceof HttpError;
}

function errorClass(status: number, name: HttpErrorName): HttpErrorConstructor {
  const StatusError = class extends HttpError {
    constructor(message?: string, options?: HttpErrorOptions) {
      super(status, message, options);
    }
  };
  Object.defineProperty(StatusError, "name", { value: `${name}Error` });
  return StatusError;
}
