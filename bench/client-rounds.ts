/**
 * The child of the client part: one client in a process of its own, read in the way that it is meant to be.
 *
 * @module
 */

import { fetchEventSource } from "@microsoft/fetch-event-source";
import { EventSource as OtherEventSource } from "eventsource";
import { createEventSource } from "eventsource-client";
import type { ClientCommand, ClientReport } from "./client.ts";
import { importDodonaClient } from "./dodona.ts";

/** Reads `count` events from `url`, and then leaves. */
type Read = (url: string, count: number) => Promise<void>;

const { decode, EventSource, subscribe } = await importDodonaClient();

const clients: Readonly<Record<ClientCommand["contender"], Read>> = {
  "dodona EventSource": (url, count) => listen(new EventSource(url), count),
  "dodona subscribe": (url, count) => loop(subscribe(url), count),
  "dodona decode": (url, count) => loop(decode(fetch(url)), count),
  eventsource: (url, count) => listen(new OtherEventSource(url), count),
  "eventsource-client": async (url, count) => {
    const source = createEventSource({ url });
    await loop(source, count);
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

function listen(
  source: { onmessage: ((event: never) => void) | null; close(): void },
  count: number,
): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    source.onmessage = () => {
      if (++seen !== count) return;
      source.close();
      resolve();
    };
  });
}

async function loop(events: AsyncIterable<unknown>, count: number): Promise<void> {
  let seen = 0;
  for await (const _ of events) if (++seen === count) break;
}

process.on("disconnect", () => process.exit());
process.on("message", async ({ contender, url, events }: ClientCommand) => {
  const read = clients[contender];
  // The engine compiles what is used; that is no part of it.
  await read(url, events);
  const before = process.cpuUsage();
  const start = performance.now();
  await read(url, events);
  const { user, system } = process.cpuUsage(before);
  const wallMs = performance.now() - start;
  report({ kind: "measured", round: { nanosPerEvent: ((user + system) * 1000) / events, wallMs } });
});
report({ kind: "ready" });

function report(message: ClientReport): void {
  process.send?.(message);
}
