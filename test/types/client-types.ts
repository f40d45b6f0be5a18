// Checked by the compiler alone: what the client's types promise. Nothing here runs.

import {
  type DecodedEvent,
  decode,
  EventSource,
  type EventSourceErrorCode,
  type ResumeState,
  SharedEventSource,
  subscribe,
} from "dodona/client";

interface Events {
  tick: { time: number };
  message: string;
}

export async function loops(): Promise<void> {
  for await (const event of subscribe<Events>("/events", { json: true })) {
    if (event.type === "tick") {
      const time: number = event.data.time;
      // @ts-expect-error the data is that of its type
      const text: string = event.data;
      void [time, text];
    } else {
      const text: string = event.data;
      void text;
    }
    // @ts-expect-error there is no such type of event
    if (event.type === "tock") break;
  }
  for await (const { type, data, lastEventId } of subscribe("/events")) {
    const texts: string[] = [type, data, lastEventId];
    void texts;
  }
}

export async function decodes(answer: Promise<Response>): Promise<void> {
  for await (const event of decode(answer)) {
    const decoded: DecodedEvent = event;
    void decoded;
  }
  for await (const { data } of decode<{ text: string }>(answer, { json: true, done: "[DONE]" })) {
    const text: string = data.text;
    void text;
  }
  // @ts-expect-error an answer is what is decoded, not a URL
  decode("/events");
}

const source = new EventSource("/events", {
  headers: async () => ({ authorization: "Bearer of the moment" }),
  retry: { maxDelayMs: 10_000, statuses: [503] },
  inactivityTimeoutMs: "auto",
  pauseWhenHidden: true,
});
export const state: 0 | 1 | 2 = source.readyState;
export const open: 1 = EventSource.OPEN;
export const resume: ResumeState | undefined = source.resumeState;
source.onmessage = ({ data, lastEventId, origin }) => {
  const texts: string[] = [data, lastEventId, origin];
  void texts;
};
source.onerror = ({ code, status, retryInMs }) => {
  const kind: EventSourceErrorCode = code;
  const wait: number | undefined = retryInMs;
  void [kind, wait, status.toFixed()];
};
source.onresume = ({ state: outcome, detail }) => void [outcome satisfies ResumeState, detail.lost?.through];
source.addEventListener("tick", ({ data }) => data.length);
source.onmessage = null;
// @ts-expect-error it is the stream's
source.lastEventId = "7";
// @ts-expect-error a handler is a function, or null
source.onopen = "function";
// @ts-expect-error a time is in milliseconds, or learned
new EventSource("/events", { inactivityTimeoutMs: "soon" });

export const shared: EventSource = new SharedEventSource("/events", { withCredentials: true });
export const read: EventSource = EventSource.fromReadableStream(new ReadableStream<Uint8Array>());
// @ts-expect-error a stream is of bytes, or of text
EventSource.fromReadableStream(new ReadableStream<number>());
