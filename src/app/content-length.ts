/**
 * How long a body is, for those who announce it.
 *
 * @module
 */

import { isNullBodyStatus } from "../http/status.ts";
import type { HeaderList } from "../sse/response-headers.ts";

/**
 * Adds to `headers` how long the body is, or would be, unless they say so already. A status without a body has no
 * length.
 *
 * @see RFC 9110, section 8.6
 */
export function announceLength(headers: HeaderList, status: number, body: string | Uint8Array | null): void {
  if (isNullBodyStatus(status) || headers.some(([name]) => name === "content-length")) return;
  const length =
    typeof body === "string" ? new TextEncoder().encode(body).byteLength : (body?.byteLength ?? 0);
  headers.push(["content-length", String(length)]);
}
