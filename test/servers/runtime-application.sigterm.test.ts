import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type ExampleProcess, startExample } from "../examples/example-process.ts";
import { type CrowdReader, gather, isContiguous } from "../support/crowd-reader.ts";
import { eventually } from "../support/eventually.ts";
import { runtime } from "../support/runtime-server.ts";

const READERS = 1000;
/** As a parent, Deno tells of the signal that it sent, and not of the code with which the child ended. */
const CLEAN = runtime === "deno" ? null : 0;

const services: ExampleProcess[] = [];
after(() => Promise.all(services.map((service) => service.end("SIGKILL"))));

/** Starts the service of ticks in a process of its own. */
async function startTicks(readers: number) {
  const service = startExample("test/support/draining-server.ts", [String(readers)], { runtime });
  services.push(service);
  const [, port] = await service.printed(/^port (\d+)$/m);
  return { service, port: Number(port) };
}

/** How many of the readers come back in each of four parts of the window. */
function spread(readers: readonly CrowdReader[]): number[] {
  const parts = [0, 0, 0, 0];
  for (const { retryMs = -1 } of readers) {
    assert.ok(retryMs >= 1000 && retryMs <= 3000, `retry ${retryMs}`);
    const part = Math.min(3, Math.floor((retryMs - 1000) / 500));
    parts[part] = (parts[part] ?? 0) + 1;
  }
  return parts;
}

test("SIGTERM under load: a thousand readers see no error, come back spread, and are told what they lost", async () => {
  const first = await startTicks(READERS);
  const readers = await gather(first.port, READERS);
  await eventually(() => readers.every(({ events }) => events.length > 5));
  const ended = await first.service.end("SIGTERM");
  await Promise.all(readers.map(({ closed }) => closed));
  assert.equal(ended, CLEAN, first.service.output());
  for (const reader of readers) {
    assert.deepEqual([reader.status, reader.finished], [200, true], "an error, or cut off");
    const numbers = reader.numbers("tick");
    assert.ok(numbers[0] === 1 && isContiguous(numbers), String(numbers));
  }
  for (const part of spread(readers)) assert.ok(part > READERS / 8, String(spread(readers)));
  assert.match(first.service.output(), /"open":0,.*"closed":\{"shutdown":1000\}/);

  // Its log is gone with the process: nobody is left to think that nothing was missed.
  const second = await startTicks(READERS);
  const returned = await gather(second.port, READERS, (index) => readers[index]?.lastEventId ?? "");
  await eventually(() => returned.every((reader) => reader.numbers("tick").length > 2));
  for (const { status, events } of returned) {
    assert.equal(status, 200);
    assert.equal(events[0]?.type, "reset");
    assert.equal(JSON.parse(events[0]?.data ?? "").reason, "restarted");
  }
  for (const reader of returned) reader.destroy();
  assert.equal(await second.service.end("SIGTERM"), CLEAN);
});
