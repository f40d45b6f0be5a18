/**
 * What kind of body a content type announces.
 *
 * @module
 */

import { contentType as lookUp } from "../http/content-type.ts";

/** A kind of body, by the way to read it: `json()` for `"json"`, and so on. */
export type BodyType = "binary" | "form" | "form-data" | "json" | "text" | "unknown";

const KNOWN: Record<Exclude<BodyType, "unknown">, readonly string[]> = {
  binary: ["image/*", "audio/*", "video/*", "font/*", "application/octet-stream"],
  form: ["application/x-www-form-urlencoded"],
  "form-data": ["multipart/form-data"],
  json: ["application/json", "application/*+json", "application/csp-report"],
  text: ["text/*"],
};

/**
 * Classifies a `Content-Type`. `custom` holds further media types by kind, and decides before what is known: whole
 * (`application/xml`), with a star for any characters (`application/*+xml`), a file extension (`xml`), or the first
 * half (`image`).
 */
export function classifyBody(
  contentType: string | null,
  custom: Partial<Record<BodyType, readonly string[]>> = {},
): BodyType {
  const mediaType = (contentType?.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (mediaType === "") return "unknown";
  for (const patterns of [custom, KNOWN]) {
    for (const [kind, list] of Object.entries(patterns)) {
      if (list?.some((pattern) => matches(mediaType, pattern))) return kind as BodyType;
    }
  }
  return "unknown";
}

function matches(mediaType: string, pattern: string): boolean {
  const [head = "", tail] = toMediaType(pattern).toLowerCase().split("*", 2);
  if (tail === undefined) return mediaType === head;
  const isLong = mediaType.length > head.length + tail.length;
  return isLong && mediaType.startsWith(head) && mediaType.endsWith(tail);
}

function toMediaType(pattern: string): string {
  if (pattern.includes("/")) return pattern;
  return lookUp(pattern)?.split(";", 1)[0] ?? `${pattern}/*`;
}
