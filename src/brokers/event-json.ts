/**
 * An event as JSON, as brokers carry it.
 *
 * @module
 */

import type { EventRecord } from "../channel/event-record.ts";

/** Writes a record: `t` its type, `d` its data, `j` whether that is JSON, `k` its key. */
export function recordToJson({ type, data, json, key }: EventRecord): string {
  return JSON.stringify({
    t: type,
    d: data,
    ...(json ? { j: 1 } : {}),
    ...(key === undefined ? {} : { k: key }),
  });
}

/** Reads a record; `undefined` for what is none. Never throws. What its strings hold is checked when it is framed. */
export function recordFromJson(text: string | undefined): EventRecord | undefined {
  if (text === undefined) return undefined;
  try {
    const { t, d, j, k } = JSON.parse(text) as Record<string, unknown>;
    if (typeof t !== "string" || typeof d !== "string" || (k !== undefined && typeof k !== "string"))
      return undefined;
    return { type: t, data: d, json: j === 1, key: k };
  } catch {
    // Not JSON, or not an object: nobody of ours has written it.
    return undefined;
  }
}
