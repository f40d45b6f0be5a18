import assert from "node:assert/strict";
import { test } from "node:test";
import { readRemoteBrokerOptions } from "../../src/brokers/remote-broker-options.ts";

test("what was left out is filled in, and what was given kept", () => {
  const onError = () => undefined;
  const { historyEvents, maxPending, onError: kept } = readRemoteBrokerOptions({ maxPending: 3, onError });
  assert.deepEqual([historyEvents, maxPending, kept], [100_000, 3, onError]);
});

test("a number that is not positive is refused, with its name", () => {
  for (const name of ["historyEvents", "maxPending", "publishTimeoutMs", "checkMs"]) {
    for (const value of [0, -1, Number.NaN]) {
      assert.throws(
        () => readRemoteBrokerOptions({ [name]: value }),
        new RangeError(`Cannot make a broker with ${name} ${value}: not a positive number`),
      );
    }
  }
});
