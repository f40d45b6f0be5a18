/**
 * Looks after streams at the times that they name: to say something on one that was quiet, before a proxy cuts it; to
 * give up a reader who takes nothing; to end what has been open for long enough.
 *
 * One timer serves all targets. Traffic costs a number: a target notes when it last wrote, and the timer finds
 * out, when it fires, who has really been quiet.
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** The shortest pause between two looks at the targets, in milliseconds, and so the precision of a beat. */
const GRAIN_MS = 100;

/** What the {@linkcode Heartbeat} looks at and calls. */
export interface Beating {
  /** The clock's time at which it wants to be called, as it stands now. It may move on meanwhile; `beat` has to move it on. */
  readonly dueAt: number;
  /** The shortest time that it ever waits for, in milliseconds: a beat may be a tenth of that late. */
  readonly patienceMs: number;
  /** It is due. Must not throw. */
  beat(): void;
}

/**
 * One timer for any number of {@linkcode Beating} targets.
 *
 * Bounds: a beat comes at most a tenth of the shortest patience, and at most 100 ms, late. No timer runs
 * while there is no target. Cost: one look at every target per timer, none per write.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #targets = new Set<Beating>();
  #cancel: (() => void) | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many targets are looked after. */
  get size(): number {
    return this.#targets.size;
  }

  /** The clock's time, for a target's `dueAt`. */
  now(): number {
    return this.#clock.now();
  }

  /** Looks after `target` from now on; again after it has become due earlier than it was. */
  add(target: Beating): void {
    this.#targets.add(target);
    const { dueAt } = target;
    if (dueAt < this.#wakesAt) this.#wake(dueAt);
  }

  /** Forgets `target`; the last one takes the timer with it. */
  delete(target: Beating): void {
    if (this.#targets.delete(target) && this.#targets.size === 0) this.#sleep();
  }

  #wake(at: number): void {
    this.#sleep();
    this.#wakesAt = at;
    this.#cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => this.#look());
  }

  #sleep(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  #look(): void {
    this.#sleep();
    const now = this.#clock.now();
    let grainMs = GRAIN_MS;
    let next = Number.POSITIVE_INFINITY;
    for (const target of this.#targets) {
      let { dueAt } = target;
      if (dueAt <= now) {
        target.beat();
        if (!this.#targets.has(target)) continue;
        dueAt = target.dueAt;
      }
      next = Math.min(next, dueAt);
      grainMs = Math.min(grainMs, target.patienceMs / 10);
    }
    // A beat may have added a target, and set a timer for it.
    if (next < this.#wakesAt) this.#wake(Math.max(next, now + grainMs));
  }
}
