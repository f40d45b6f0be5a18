/**
 * The status codes of HTTP, by name and by number.
 *
 * @module
 */

/**
 * The registered status codes by name.
 *
 * @see RFC 9110, section 15, and the IANA registry of HTTP status codes
 */
export const STATUS_CODE = {
  Continue: 100,
  SwitchingProtocols: 101,
  Processing: 102,
  EarlyHints: 103,
  OK: 200,
  Created: 201,
  Accepted: 202,
  NonAuthoritativeInfo: 203,
  NoContent: 204,
  ResetContent: 205,
  PartialContent: 206,
  MultiStatus: 207,
  AlreadyReported: 208,
  IMUsed: 226,
  MultipleChoices: 300,
  MovedPermanently: 301,
  Found: 302,
  SeeOther: 303,
  NotModified: 304,
  UseProxy: 305,
  TemporaryRedirect: 307,
  PermanentRedirect: 308,
  BadRequest: 400,
  Unauthorized: 401,
  PaymentRequired: 402,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  ProxyAuthRequired: 407,
  RequestTimeout: 408,
  Conflict: 409,
  Gone: 410,
  LengthRequired: 411,
  PreconditionFailed: 412,
  ContentTooLarge: 413,
  URITooLong: 414,
  UnsupportedMediaType: 415,
  RangeNotSatisfiable: 416,
  ExpectationFailed: 417,
  Teapot: 418,
  MisdirectedRequest: 421,
  UnprocessableEntity: 422,
  Locked: 423,
  FailedDependency: 424,
  TooEarly: 425,
  UpgradeRequired: 426,
  PreconditionRequired: 428,
  TooManyRequests: 429,
  RequestHeaderFieldsTooLarge: 431,
  UnavailableForLegalReasons: 451,
  InternalServerError: 500,
  NotImplemented: 501,
  BadGateway: 502,
  ServiceUnavailable: 503,
  GatewayTimeout: 504,
  HTTPVersionNotSupported: 505,
  VariantAlsoNegotiates: 506,
  InsufficientStorage: 507,
  LoopDetected: 508,
  NotExtended: 510,
  NetworkAuthenticationRequired: 511,
} as const;

/** Names that three codes had in older standards. */
interface OlderNames {
  readonly RequestEntityTooLarge: 413;
  readonly RequestURITooLong: 414;
  readonly RequestedRangeNotSatisfiable: 416;
}

/** The registered status codes by name, those of older standards too. */
export const Status: typeof STATUS_CODE & OlderNames = {
  ...STATUS_CODE,
  RequestEntityTooLarge: 413,
  RequestURITooLong: 414,
  RequestedRangeNotSatisfiable: 416,
};

/** A registered status code. */
export type Status = (typeof STATUS_CODE)[keyof typeof STATUS_CODE];

/** The name of a registered status code. */
export type StatusName = keyof typeof Status;

/** A registered status code whose first digit is one of `Digit`. */
type StatusOf<Digit extends number, Code extends Status = Status> = Code extends Status
  ? `${Code}` extends `${Digit}${string}`
    ? Code
    : never
  : never;

/** A status that comes before that of the answer. */
export type InformationalStatus = StatusOf<1>;
/** A status that tells of success. */
export type SuccessfulStatus = StatusOf<2>;
/** A status that sends the client elsewhere, or to what it has. */
export type RedirectStatus = StatusOf<3>;
/** A status that tells of the client's error. */
export type ClientErrorStatus = StatusOf<4>;
/** A status that tells of the server's error. */
export type ServerErrorStatus = StatusOf<5>;
/** A status that tells of an error. */
export type ErrorStatus = ClientErrorStatus | ServerErrorStatus;

/** Texts that are not their name with spaces between the words. */
const IRREGULAR_TEXT: Partial<Record<StatusName, string>> = {
  OK: "OK",
  NonAuthoritativeInfo: "Non Authoritative Info",
  IMUsed: "IM Used",
  MultiStatus: "Multi-Status",
  URITooLong: "URI Too Long",
  Teapot: "I'm a teapot",
  HTTPVersionNotSupported: "HTTP Version Not Supported",
};

/** The text of each registered status code, for people. */
export const STATUS_TEXT: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(STATUS_CODE).map(([name, code]) => [
    code,
    IRREGULAR_TEXT[name as StatusName] ?? name.replace(/(?<=[a-z])(?=[A-Z])/g, " "),
  ]),
);

/**
 * Whether a response of this status has no body, whatever the application set.
 *
 * @see Fetch Standard, "null body status"
 */
export function isNullBodyStatus(status: number): boolean {
  return status === 101 || status === 103 || status === 204 || status === 205 || status === 304;
}

/** Whether the status is a registered one. */
export function isStatus(status: number): status is Status {
  return Object.hasOwn(STATUS_TEXT, status);
}

/** Whether the status is a registered one below 200. */
export function isInformationalStatus(status: number): status is InformationalStatus {
  return isStatus(status) && status < 200;
}

/** Whether the status is a registered one of success. */
export function isSuccessfulStatus(status: number): status is SuccessfulStatus {
  return isStatus(status) && status >= 200 && status < 300;
}

/** Whether the status is a registered one that sends the client elsewhere, or to what it has. */
export function isRedirectStatus(status: number): status is RedirectStatus {
  return isStatus(status) && status >= 300 && status < 400;
}

/** Whether the status is a registered one of the client's errors. */
export function isClientErrorStatus(status: number): status is ClientErrorStatus {
  return isStatus(status) && status >= 400 && status < 500;
}

/** Whether the status is a registered one of the server's errors. */
export function isServerErrorStatus(status: number): status is ServerErrorStatus {
  return isStatus(status) && status >= 500;
}

/** Whether the status is a registered one of errors. */
export function isErrorStatus(status: number): status is ErrorStatus {
  return isStatus(status) && status >= 400;
}
