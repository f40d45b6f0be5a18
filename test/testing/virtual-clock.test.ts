import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

test("it stands still until it is told to go on", () => {
  const clock = new VirtualClock();
  assert.equal(clock.now(), 0);
  clock.advance(5);
  clock.advance(0.5);
  assert.equal(clock.now(), 5.5);
});

test("what falls due runs in order, each at its time, once", () => {
  const clock = new VirtualClock();
  const ran: [name: string, at: number][] = [];
  const note = (name: string) => () => ran.push([name, clock.now()]);
  clock.after(20, note("second"));
  clock.after(10, note("first"));
  clock.after(20, note("third"));
  clock.after(31, note("too late"));
  assert.equal(clock.timers, 4);
  clock.advance(30);
  assert.deepEqual(ran, [
    ["first", 10],
    ["second", 20],
    ["third", 20],
  ]);
  assert.equal(clock.timers, 1);
  clock.advance(30);
  assert.equal(ran.length, 4);
});

test("what a callback asks for runs too, if it falls due", () => {
  const clock = new VirtualClock();
  const ran: number[] = [];
  const beat = () => {
    ran.push(clock.now());
    clock.after(10, beat);
  };
  clock.after(10, beat);
  clock.advance(35);
  assert.deepEqual(ran, [10, 20, 30]);
});

test("what was cancelled never runs, also by another that is due", () => {
  const clock = new VirtualClock();
  const cancel = clock.after(10, () => assert.fail("was cancelled"));
  clock.after(5, cancel);
  clock.advance(10);
  cancel();
  assert.equal(clock.timers, 0);
});
