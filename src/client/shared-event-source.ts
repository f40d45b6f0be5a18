/**
 * One connection for all tabs of a browser that show the same stream.
 *
 * ```ts
 * import { SharedEventSource } from "dodona/client";
 *
 * const source = new SharedEventSource("/events", { retry: {} });
 * source.onmessage = ({ data }) => console.log(data);
 * ```
 *
 * @module
 */
import { EventSourceError } from "./client-error.ts";
import { EventSource } from "./event-source.ts";
import { connect, type EventSourceEngine } from "./event-source-engine.ts";
import type { EventSourceInit } from "./event-source-init.ts";
import { watchPage } from "./page-lifecycle.ts";
import type { StreamItem, StreamState } from "./stream-state.ts";

/**
 * An `EventSource` that shares its connection with those of other tabs for the same URL and credentials.
 *
 * One tab holds a lock and the connection; it numbers the events, and tells the others. When it closes or crashes,
 * the tab that has waited longest takes over, and resumes after the last event that it was told of. A tab shows no
 * number twice, and for one that it has missed, in the cache of the history for example, a `resume` event says
 * `gap`. A tab that comes later begins with what comes next; if that is not what follows its `lastEventId`, that is
 * a gap too.
 *
 * All tabs must be one reader: the headers that are sent are those of the tab that holds the connection. Where there
 * are no Web Locks or no `BroadcastChannel`, each has a connection of its own.
 */
export class SharedEventSource extends EventSource {
  /** As that of `EventSource`. */
  constructor(url: string | URL, init: EventSourceInit = {}) {
    super(url, init, share);
  }
}

/** What the tab with the connection tells the others: what happened, or if nothing did, how things stand. */
type News = readonly [
  item: StreamItem | undefined,
  /** How many events there were before. */
  count: number,
  /** The origin of a stream that is open, or else `""`. */
  origin: string,
  lastEventId: string,
  reconnectionTime: number,
];

const share: EventSourceEngine = async (stream, show) => {
  const { url, init, signal } = stream;
  const { navigator, BroadcastChannel } = globalThis;
  if (!navigator?.locks || !BroadcastChannel) return connect(stream, show);
  const name = `dodona ${!!init.withCredentials} ${url}`;
  const channel = new BroadcastChannel(name);
  const { tell, hear, lead } = createTab(stream, show, channel);
  /** By its number a tab asks how things stand. */
  const self = Math.random();
  let leads = false;
  let onEcho = () => {};

  const ask = () => channel.postMessage(self);
  channel.onmessage = ({ data }) => {
    const isQuestion = typeof data === "number";
    if (data === self) onEcho();
    else if (leads && isQuestion) tell();
    else if (!leads && !isQuestion) hear(data);
  };
  watchPage(signal, (isBack) => isBack && ask());
  signal.addEventListener("abort", () => {
    channel.close();
    onEcho();
  });
  ask();
  const take = async () => {
    // What the tab that led before has said may still be under way: a question of one's own comes after it.
    const echo = new BroadcastChannel(name);
    await new Promise<void>((resolve) => {
      onEcho = resolve;
      echo.postMessage(self);
    });
    echo.close();
    if (signal.aborted) return;
    leads = true;
    await lead();
  };
  // Rejects when the tab leaves while it waits.
  await navigator.locks.request(name, { signal }, take).catch(() => undefined);
};

/** What a tab knows, and how it takes part: it hears from the tab that leads, or leads and tells. */
function createTab(stream: StreamState, show: (item: StreamItem) => void, channel: BroadcastChannel) {
  /** How many events there were; -1 until this tab has heard of it. */
  let count = -1;
  let isOpen = false;
  const take = (item: StreamItem) => {
    if ("data" in item) count++;
    if ("origin" in item) isOpen = true;
    if ("error" in item) isOpen = false;
    show(item);
  };
  const tell = (item?: StreamItem) => {
    const { origin, lastEventId, reconnectionTime } = stream;
    // A channel would carry of an error its message only, and no answer at all.
    const sent = item && "error" in item ? { ...item, error: { ...item.error, response: undefined } } : item;
    channel.postMessage([sent, count, isOpen ? origin : "", lastEventId, reconnectionTime]);
  };
  const hear = ([item, before, origin, lastEventId, reconnectionTime]: News) => {
    // Who has not heard how things stand yet has asked, and waits for the answer.
    if (count < 0 && item) return;
    const isMissing = count < 0 ? !["", lastEventId].includes(stream.lastEventId) : before > count;
    if (isMissing) show({ outcome: "gap", reason: "missed", lost: { after: stream.lastEventId } });
    else if (item && "data" in item && before < count) return;
    stream.reconnectionTime = reconnectionTime;
    // A tab that leads, and has not heard of any events, counts anew.
    count = before && Math.max(before, count);
    if (!item) {
      stream.lastEventId = lastEventId;
      if (origin && !isOpen) take({ origin });
    } else if ("error" in item) take({ ...item, error: new EventSourceError(item.error.code, item.error) });
    else take(item);
  };
  const lead = () => {
    const relay = (item: StreamItem) => {
      tell(item);
      take(item);
    };
    count = Math.max(count, 0);
    tell();
    if (isOpen) relay({ error: new EventSourceError("handover"), retryInMs: 0 });
    return connect(stream, relay);
  };
  return { tell, hear, lead };
}
