import assert from "node:assert/strict";
import { test } from "node:test";
import { readChannelOptions } from "../../src/channel/channel-options.ts";

test("without options all is decided", () => {
  const settings = readChannelOptions("a", {});
  assert.deepEqual(settings.limits, { events: 10_000, bytes: 8 * 1024 * 1024, ageMs: 600_000 });
  assert.equal(settings.slowReaders, "gap");
  assert.deepEqual(settings.noticeTypes, { gap: "gap", reset: "reset" });
  assert.deepEqual(settings.retryMs, [500, 3000]);
  assert.equal(settings.proofs, undefined);
});

test("one limit of the log leaves the others as they are", () => {
  assert.deepEqual(readChannelOptions("a", { history: { ageMs: Number.POSITIVE_INFINITY } }).limits, {
    events: 10_000,
    bytes: 8 * 1024 * 1024,
    ageMs: Number.POSITIVE_INFINITY,
  });
});

test("a name is 1 to 256 characters", () => {
  for (const name of ["", "x".repeat(257), 7, undefined]) {
    assert.throws(
      () => readChannelOptions(name as string, {}),
      /^TypeError: Cannot make a channel of the name/,
    );
  }
  assert.equal(readChannelOptions("x".repeat(256), {}).name.length, 256);
});

test("what is out of bounds is refused with its value", () => {
  const wrong: [object, RegExp][] = [
    [{ history: { events: 0 } }, /^RangeError: Cannot make a channel with events 0/],
    [{ history: { events: 1.5 } }, /^RangeError: Cannot bound a log by events 1.5/],
    [{ history: { bytes: -1 } }, /bytes -1/],
    [{ history: { ageMs: Number.NaN } }, /ageMs NaN/],
    [{ slowReaders: "drop" }, /^TypeError: Cannot make a channel with slowReaders "drop"/],
    [{ retryMs: [5, 2] }, /^RangeError: Cannot make a channel with retryMs 5 to 2/],
    [{ retryMs: [0, 2 ** 31] }, /^RangeError/],
    [{ leaseCheckMs: 0 }, /leaseCheckMs 0/],
    [{ noticeTypes: { gap: "a\nb" } }, /^TypeError: Cannot frame event type "a\\nb"/],
    [{ noticeTypes: { reset: 7 } }, /^TypeError: Cannot frame event type/],
    [{ keys: [] }, /^TypeError: Cannot make a key stack of no keys/],
  ];
  for (const [options, message] of wrong) assert.throws(() => readChannelOptions("a", options), message);
});
