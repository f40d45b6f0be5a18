import assert from "node:assert/strict";
import { test } from "node:test";
import { checkListenOptions } from "../../src/servers/check-listen-options.ts";

test("durations are whole milliseconds that a timer can wait", () => {
  checkListenOptions({});
  checkListenOptions({ headersTimeoutMs: 0, requestTimeoutMs: 1, keepAliveTimeoutMs: 2 ** 31 - 1 });
  for (const name of [
    "headersTimeoutMs",
    "requestTimeoutMs",
    "keepAliveTimeoutMs",
    "idleTimeoutMs",
    "shutdownTimeoutMs",
  ] as const) {
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
      assert.throws(
        () => checkListenOptions({ [name]: value }),
        new RangeError(`Cannot listen: ${name} is "${value}", not a whole number from 0 to 2147483647`),
      );
    }
  }
});

test("a server may be less patient with silence", () => {
  checkListenOptions({ idleTimeoutMs: 255_000, requestTimeoutMs: 255_001 }, 255_000);
  assert.throws(() => checkListenOptions({ idleTimeoutMs: 255_001 }, 255_000), RangeError);
});
