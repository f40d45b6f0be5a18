/**
 * All that an application has under way, on however many listeners.
 *
 * @module
 */

import { type ApplicationMetrics, StreamCounters } from "./application-metrics.ts";
import { type EventsOptions, type EventsSettings, readEventsOptions } from "./events-options.ts";
import { InFlight } from "./in-flight.ts";

/** What the listeners of an application share: how its streams are held, and what is counted. */
export class ApplicationLoad {
  readonly #events: EventsSettings;
  readonly #counters = new StreamCounters();
  readonly #listeners = new Set<InFlight>();
  /** Of listeners that have ended. */
  #handled = 0;

  /** Throws a `RangeError` or a `TypeError` for options that are not good. */
  constructor(options?: EventsOptions) {
    this.#events = readEventsOptions(options);
  }

  /** Begins a listener. */
  open(): InFlight {
    const listener = new InFlight(this.#events, this.#counters);
    this.#listeners.add(listener);
    return listener;
  }

  /** Ends a listener. What it still has under way is no longer known. */
  close(listener: InFlight): void {
    if (this.#listeners.delete(listener)) this.#handled += listener.handled;
  }

  /** What was counted, and how it stands. */
  get metrics(): ApplicationMetrics {
    const { open, accepted, refused, closed } = this.#counters;
    let [active, handled, sockets, sentBytes] = [0, this.#handled, 0, this.#counters.sentBytes];
    for (const listener of this.#listeners) {
      active += listener.requests;
      handled += listener.handled;
      sockets += listener.sockets;
      sentBytes += listener.sentBytes;
    }
    return {
      requests: { active, handled },
      streams: { open, accepted, refused: { ...refused }, closed: { ...closed }, sentBytes },
      sockets: { open: sockets },
    };
  }
}
