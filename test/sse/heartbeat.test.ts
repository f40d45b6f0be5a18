import assert from "node:assert/strict";
import { test } from "node:test";
import { type Beating, Heartbeat } from "../../src/sse/heartbeat.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

class Patient implements Beating {
  readonly beats: number[] = [];
  readonly patienceMs: number;
  quietSince: number;
  readonly #heartbeat: Heartbeat;

  constructor(heartbeat: Heartbeat, patienceMs: number) {
    this.#heartbeat = heartbeat;
    this.patienceMs = patienceMs;
    this.quietSince = heartbeat.now();
    heartbeat.add(this);
  }

  get dueAt(): number {
    return this.quietSince + this.patienceMs;
  }

  beat(): void {
    this.quietSince = this.#heartbeat.now();
    this.beats.push(this.quietSince);
  }
}

test("a quiet target beats once in its interval", () => {
  const clock = new VirtualClock();
  const patient = new Patient(new Heartbeat(clock), 15_000);
  clock.advance(45_000);
  assert.deepEqual(patient.beats, [15_000, 30_000, 45_000]);
});

test("traffic postpones the beat", () => {
  const clock = new VirtualClock();
  const patient = new Patient(new Heartbeat(clock), 1000);
  for (let word = 0; word < 10; word++) {
    clock.advance(900);
    patient.quietSince = clock.now();
  }
  assert.deepEqual(patient.beats, []);
  clock.advance(1000);
  assert.deepEqual(patient.beats, [10_000]);
});

test("one timer serves any number of targets, and none runs without one", () => {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  assert.equal(clock.timers, 0);
  const patients = Array.from(
    { length: 1000 },
    (_, index) => new Patient(heartbeat, 1000 + (index % 7) * 300),
  );
  assert.equal(clock.timers, 1);
  clock.advance(10_000);
  assert.equal(clock.timers, 1);
  assert.ok(
    patients.every(({ beats, patienceMs }) => beats.length >= Math.floor(10_000 / (patienceMs * 1.1))),
  );
  for (const patient of patients) heartbeat.delete(patient);
  assert.deepEqual([heartbeat.size, clock.timers], [0, 0]);
});

test("a beat is late by at most a tenth of the shortest interval", () => {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  const patients = [new Patient(heartbeat, 50)];
  for (let ms = 1; ms < 50; ms++) {
    clock.advance(1);
    patients.push(new Patient(heartbeat, 50));
  }
  clock.advance(1000);
  for (const { beats } of patients) {
    const gaps = beats.slice(1).map((beat, index) => beat - (beats[index] ?? 0));
    assert.ok(gaps.length > 10 && gaps.every((gap) => gap >= 50 && gap <= 55.001), `${gaps}`);
  }
});

test("a target that comes later with less patience is not kept waiting", () => {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  new Patient(heartbeat, 60_000);
  clock.advance(100);
  const hasty = new Patient(heartbeat, 200);
  clock.advance(200);
  assert.deepEqual(hasty.beats, [300]);
});

test("who moves its time back is called when it has been added again", () => {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  const beats: number[] = [];
  const target = {
    patienceMs: 1000,
    dueAt: 60_000,
    beat() {
      beats.push(clock.now());
      target.dueAt = Number.POSITIVE_INFINITY;
    },
  };
  heartbeat.add(target);
  target.dueAt = 500;
  heartbeat.add(target);
  clock.advance(100_000);
  assert.deepEqual(beats, [500]);
  assert.equal(clock.timers, 0, "who is never due needs no timer");
});

test("a beat may take targets away, and bring new ones", () => {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  let newcomer: Patient | undefined;
  const leaver: Beating = {
    patienceMs: 100,
    dueAt: 100,
    beat() {
      heartbeat.delete(leaver);
      newcomer = new Patient(heartbeat, 100);
    },
  };
  heartbeat.add(leaver);
  clock.advance(100);
  assert.equal(heartbeat.size, 1);
  clock.advance(100);
  assert.deepEqual(newcomer?.beats, [200]);
});
