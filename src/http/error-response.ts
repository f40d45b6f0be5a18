/**
 * A response of the Fetch Standard that tells of an error, in the form that the client reads.
 *
 * @module
 */

import { contentType } from "./content-type.ts";
import { accepts } from "./negotiation.ts";
import { problemDetails } from "./problem-details.ts";
import { STATUS_TEXT } from "./status.ts";

/** How an error is told. */
export interface ErrorResponseOptions {
  /** Headers for the response; they go before the error's own. */
  headers?: HeadersInit | undefined;
  /** Which of the two, where the client likes both as well. @default "json" */
  prefer?: "json" | "html" | undefined;
  /** The request, of which `Accept` counts. Without it the form is the preferred one. */
  request?: { readonly headers: Headers } | undefined;
}

/** What is told of an error. */
interface ToldError {
  readonly status: number;
  readonly message: string;
  readonly expose: boolean;
  readonly headers?: Headers | undefined;
}

const HTML = "text/html";
const JSON_TYPES = ["application/json", "application/problem+json"];

/**
 * Makes the response for `error`: problem details, a page, or plain text where the client wants neither. It has
 * the message if that is exposed, else the text of the status; nothing else of the error is in it.
 */
export function errorResponse(error: ToldError, options: ErrorResponseOptions = {}): Response {
  const { status } = error;
  const statusText = STATUS_TEXT[status] ?? "";
  const message = error.expose ? error.message : statusText;
  const type = chooseType(options.request?.headers.get("accept") ?? null, options.prefer);
  const headers = new Headers(error.headers);
  for (const [name, value] of new Headers(options.headers)) {
    if (name === "set-cookie") headers.append(name, value);
    else headers.set(name, value);
  }
  if (JSON_TYPES.includes(type)) {
    headers.set("content-type", type);
    const details = problemDetails(status, { detail: message, statusText, message });
    return new Response(JSON.stringify(details), { status, statusText, headers });
  }
  headers.set("content-type", contentType(type) ?? type);
  const body = type === HTML ? errorPage(`${status} ${statusText}`, message) : message;
  return new Response(body, { status, statusText, headers });
}

function chooseType(accept: string | null, prefer: ErrorResponseOptions["prefer"] = "json"): string {
  const types = prefer === "html" ? [HTML, ...JSON_TYPES] : [...JSON_TYPES, HTML];
  if (accept === null) return types[0] ?? "";
  // Of types that a client likes as well, the one that it names first would win.
  const isPreferred = (element: string) => Number(element.includes(prefer));
  const elements = accept.split(",").sort((a, b) => isPreferred(b) - isPreferred(a));
  return accepts(elements.join(","), ...types, "text/plain") ?? "text/plain";
}

function errorPage(title: string, message: string): string {
  const head = `<meta charset="utf-8"><title>${escapeHtml(title)}</title>`;
  const body = `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p>`;
  return `<!DOCTYPE html><html lang="en"><head>${head}</head><body>${body}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
