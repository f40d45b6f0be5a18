import assert from "node:assert/strict";
import { test } from "node:test";
import { hasExpired, type LeaseAnswer, readLease, renewLease } from "../../src/channel/lease.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

test("true is a lease without an end, and what is falsy none", () => {
  assert.deepEqual(readLease(true), {});
  for (const answer of [false, null, undefined]) assert.equal(readLease(answer), undefined);
  const lease = { principal: "ann" };
  assert.equal(readLease(lease), lease);
});

test("what is neither is refused", () => {
  assert.throws(
    () => readLease("yes" as unknown as LeaseAnswer),
    /^TypeError: Cannot take a string for a lease/,
  );
  assert.throws(
    () => readLease({ expiresAt: new Date("never") }),
    /^TypeError: Cannot take a lease that ends at/,
  );
});

test("it ends at its moment, given as a date or in milliseconds", () => {
  const clock = new VirtualClock();
  const at = clock.date() + 1000;
  for (const expiresAt of [at, new Date(at)]) assert.equal(hasExpired({ expiresAt }, clock), false);
  clock.advance(1000);
  for (const expiresAt of [at, new Date(at)]) assert.equal(hasExpired({ expiresAt }, clock), true);
  assert.equal(hasExpired({}, clock), false);
});

test("a lease is renewed by what its holder says", async () => {
  const clock = new VirtualClock();
  const next = { principal: "ann", expiresAt: clock.date() + 5 };
  const lease = (answer: LeaseAnswer) => ({ principal: "ann", revalidate: () => answer });
  const kept = lease(true);
  assert.equal(await renewLease(kept, clock), kept);
  assert.equal(await renewLease(lease(next), clock), next);
  assert.equal(await renewLease(lease(false), clock), undefined);
  assert.equal(await renewLease(lease({ expiresAt: clock.date() }), clock), undefined);
  await assert.rejects(renewLease({ revalidate: () => Promise.reject(new Error("away")) }, clock), /away/);
});

test("one that has expired is not asked about", async () => {
  const clock = new VirtualClock();
  const lease = { expiresAt: clock.date(), revalidate: () => assert.fail("asked") };
  assert.equal(await renewLease(lease, clock), undefined);
});
