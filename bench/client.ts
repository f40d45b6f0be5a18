/**
 * How many events a second a client reads: from a server on this machine, decoded and handed to the application, beside
 * other clients. A dispatch in a task of its own, as the standard asks, costs more than a call; it is marked.
 *
 * ```sh
 * node --conditions=dodona-source --import tsx bench/client.ts 200000
 * ```
 *
 * @module
 */

import { createServer } from "node:http";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { fetchEventSource } from "@microsoft/fetch-event-source";
import { EventSource as OtherEventSource } from "eventsource";
import { createEventSource } from "eventsource-client";
import { decode, EventSource, subscribe } from "../src/client.ts";

/** How many events were read of one stream, and in which time. */
export interface ClientResult {
  readonly contender: string;
  readonly events: number;
  readonly ms: number;
}

/** Reads `count` events from `url`, and then leaves. */
type Read = (url: string, count: number) => Promise<void>;

const EVENT_BYTES = 120;

/** Each client, in the way that it is meant to be used. */
export const CLIENTS: Readonly<Record<string, Read>> = {
  "dodona EventSource (a task each)": (url, count) =>
    new Promise((resolve) => {
      const source = new EventSource(url);
      let seen = 0;
      source.onmessage = () => {
        if (++seen < count) return;
        source.close();
        resolve();
      };
    }),
  "dodona subscribe": async (url, count) => {
    let seen = 0;
    for await (const _ of subscribe(url)) if (++seen === count) break;
  },
  "dodona decode": async (url, count) => {
    let seen = 0;
    for await (const _ of decode(fetch(url))) if (++seen === count) break;
  },
  "eventsource (a call each)": (url, count) =>
    new Promise((resolve) => {
      const source = new OtherEventSource(url);
      let seen = 0;
      source.onmessage = () => {
        if (++seen < count) return;
        source.close();
        resolve();
      };
    }),
  "eventsource-client": async (url, count) => {
    const source = createEventSource({ url });
    let seen = 0;
    for await (const _ of source) if (++seen === count) break;
    source.close();
  },
  "@microsoft/fetch-event-source": async (url, count) => {
    const controller = new AbortController();
    let seen = 0;
    // It is made for pages, and asks theirs for timers and visibility.
    Object.assign(globalThis, { window: globalThis, document: new EventTarget() });
    await fetchEventSource(url, {
      signal: controller.signal,
      openWhenHidden: true,
      onmessage: () => {
        if (++seen === count) controller.abort();
      },
    });
  },
};

/** Measures each client that works here, `rounds` times in turn; gives the best of each. */
export async function measureClients(events: number, rounds: number): Promise<ClientResult[]> {
  const event = `id: 12345\ndata: ${"x".repeat(EVENT_BYTES)}\n\n`;
  const block = Buffer.from(event.repeat(500));
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = () => {
      while (response.write(block)) if (response.destroyed) return;
    };
    response.on("drain", send);
    send();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [contender, read] of Object.entries(CLIENTS)) {
      const start = performance.now();
      await read(url, events);
      best.set(
        contender,
        Math.min(best.get(contender) ?? Number.POSITIVE_INFINITY, performance.now() - start),
      );
    }
  }
  server.closeAllConnections();
  server.close();
  return Array.from(best, ([contender, ms]) => ({ contender, events, ms }));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const { contender, events, ms } of await measureClients(Number(process.argv[2] ?? 100_000), 3)) {
    console.log(`${contender.padEnd(36)} ${Math.round((events / ms) * 1000).toLocaleString("en")} events/s`);
  }
}
