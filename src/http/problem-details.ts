/**
 * Problem details: what went wrong, for programs.
 *
 * ```ts
 * problemDetails(404, { detail: "no such book" });
 * // { type: "about:blank", title: "Not Found", detail: "no such book", status: 404 }
 * ```
 *
 * @see RFC 9457
 * @module
 */

import { accepts } from "./negotiation.ts";
import { STATUS_TEXT } from "./status.ts";

/** What can be said of a problem, beside its status. */
export interface ProblemDetailsInit {
  /** A URI that names the kind of problem. @default "about:blank" */
  type?: string;
  /** The kind of problem in words, the same each time. @default the text of the status */
  title?: string;
  /** This problem in words. */
  detail?: string;
  /** A URI that names this problem. */
  instance?: string;
  /** Whatever else a kind of problem says. */
  readonly [extension: string]: unknown;
}

/** What is sent as `application/problem+json`. */
export interface ProblemDetails extends ProblemDetailsInit {
  readonly type: string;
  readonly title: string;
  readonly status: number;
}

/** Gives what is sent of a problem. It speaks of `status`, whatever `details` say. */
export function problemDetails(status: number, details: ProblemDetailsInit = {}): ProblemDetails {
  const { type = "about:blank", title = STATUS_TEXT[status] ?? "", ...others } = details;
  return { type, title, ...others, status };
}

/**
 * Whether a client, by its `Accept` header, likes JSON (problem details or any other) better than plain text and
 * HTML. One that is content with anything does not.
 */
export function prefersProblem(accept: string | null): boolean {
  if (accept === null || !/json|application\/\*/i.test(accept)) return false;
  const json = accepts(accept).filter((type) => /\+json$/i.test(type));
  const texts = ["text/plain", "text/html"];
  const best = accepts(accept, ...texts, "application/problem+json", "application/json", ...json);
  return best !== undefined && !texts.includes(best);
}
