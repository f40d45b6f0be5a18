/**
 * An event stream from a route handler of Next.
 *
 * @module
 */

import { ServerSentEventStreamTarget } from "dodona/sse";

export const dynamic = "force-dynamic";

/** Next bundles each route by itself; what two of them share is global. */
globalThis.targets ??= [];

export function GET(request) {
  const target = new ServerSentEventStreamTarget({ request, keepAlive: false, maxBufferedBytes: 131_072 });
  globalThis.targets.push(target);
  return target.asResponse({ headers: { "set-cookie": "first=1" } });
}
