/**
 * Follows an event stream and prints what comes, over as many connections as it takes.
 *
 * Start `examples/live/main.ts`, then this with the address of its stream as the argument:
 * `http://127.0.0.1:8000/events`. Press Ctrl+C in the first and start it again: this one comes back by itself.
 *
 * @module
 */

import process from "node:process";
import { EventSourceError, subscribe } from "dodona/client";

const url = process.argv[2] ?? "http://127.0.0.1:8000/events";
const subscription = subscribe(url, {
  // A proxy that answers 502 while the server is started anew is no reason to give up.
  retry: { maxDelayMs: 5000 },
  openTimeoutMs: 10_000,
  inactivityTimeoutMs: "auto",
  onOpen: () => console.log(`Reading ${url}`),
  onError: ({ code }, retryInMs) =>
    console.log(`Lost (${code}), trying again in ${Math.round(retryInMs)} ms`),
  onResume: ({ outcome }) => console.log(`The server says: ${outcome}`),
});
process.once("SIGINT", () => subscription.close());

try {
  for await (const { type, data, lastEventId } of subscription) console.log(type, lastEventId || "-", data);
  console.log("Closed");
} catch (error) {
  if (!(error instanceof EventSourceError)) throw error;
  console.error(`Given up: ${error.code} ${error.status || ""}`);
  process.exitCode = 1;
}
