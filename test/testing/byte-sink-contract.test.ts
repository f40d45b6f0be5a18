import assert from "node:assert/strict";
import { test } from "node:test";
import type { SinkObserver } from "../../src/sse/byte-sink.ts";
import { byteSinkContract, type SinkUnderTest } from "../../src/testing/byte-sink-contract.ts";

/** What a sink does wrong. */
type Fault = "reorders" | "always true" | "tells twice" | "closes at once" | "tells an error" | "keeps bytes";

/** A sink whose reader reads in a later turn, and which has `fault`. */
function faultySink(fault?: Fault): SinkUnderTest {
  let observer: SinkObserver | undefined;
  let mark = 0;
  let waiting: Uint8Array[] = [];
  let text = "";
  let paused = false;
  let closing = false;
  let over = false;
  const size = () => waiting.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const end = () => {
    if (over) return;
    over = true;
    if (fault !== "keeps bytes") waiting = [];
    observer?.closed(fault === "tells an error" ? new Error("left") : undefined);
    if (fault === "tells twice") observer?.closed();
  };
  const read = () => {
    if (paused || over) return;
    const above = size() > mark;
    const bytes = fault === "reorders" ? waiting.toReversed() : waiting;
    text += bytes.map((part) => new TextDecoder().decode(part)).join("");
    waiting = [];
    if (closing) end();
    else if (above) observer?.drained();
  };
  const later = (act: () => void) => void setTimeout(act, 0);
  return {
    sink: {
      get bufferedBytes() {
        return size();
      },
      open(own, highWaterMarkBytes) {
        observer = own;
        mark = highWaterMarkBytes;
      },
      write(bytes) {
        if (over || closing) return fault === "always true";
        waiting.push(bytes);
        later(read);
        return fault === "always true" || size() <= mark;
      },
      close() {
        closing = true;
        later(read);
      },
      abort() {
        if (fault === "closes at once") end();
        else later(end);
      },
    },
    reader: {
      text: () => text,
      pause: () => {
        paused = true;
      },
      resume: () => {
        paused = false;
        later(read);
      },
      leave: () => later(end),
      ended: () => over,
    },
  };
}

/** The checks that `fault` fails, and what they say. */
async function failures(fault?: Fault): Promise<string[]> {
  const messages: string[] = [];
  for (const { run } of byteSinkContract(async () => faultySink(fault), { patienceMs: 100 })) {
    await run().catch((error: Error) => messages.push(error.message));
  }
  return messages;
}

test("a sink that keeps the contract passes", async () => {
  assert.deepEqual(await failures(), []);
  assert.equal(byteSinkContract(async () => faultySink()).length, 5);
});

const faults: [fault: Fault, message: RegExp][] = [
  ["reorders", /all bytes arrive, in order/],
  ["always true", /a write answers false/],
  ["tells twice", /closed is called once/],
  ["closes at once", /not called in the turn of abort/],
  ["tells an error", /an end that is no failure/],
  ["keeps bytes", /nothing is buffered after the end/],
];

for (const [fault, message] of faults) {
  test(`a sink that ${fault} fails`, async () => {
    const messages = await failures(fault);
    assert.ok(
      messages.some((text) => message.test(text)),
      `${messages}`,
    );
  });
}
