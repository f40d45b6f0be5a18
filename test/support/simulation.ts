import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { SimulationBroker } from "./simulation-broker.ts";
import { Client } from "./simulation-client.ts";
import { Dice } from "./simulation-dice.ts";
import { Feed } from "./simulation-feed.ts";

const STEPS = 100;
const NAMES = ["a", "b", "c"];
/** How long all may take to come to the end, once all is well, in rounds. */
const LAST_ROUNDS = 1000;

/**
 * Runs one interleaving of publishers, readers, stalls, drops, trims and restarts, all decided by the seed. Throws at the
 * first reader that lost an event without being told, or saw one twice or out of order. `trace` is told what happens.
 */
export async function simulate(seed: number, trace?: (line: string) => void): Promise<void> {
  const world = new World(seed, trace);
  try {
    for (let step = 1; step <= STEPS; step++) await world.step(step);
    await world.settle();
    await world.leave();
  } catch (error) {
    const again = `node --conditions=dodona-source --import tsx test/support/simulate-seed.ts ${seed}`;
    const { message } = error as Error;
    throw new Error(`Seed ${seed}: ${message}\nIts steps: ${again}`, { cause: error });
  }
}

/** All that takes part. */
export class World {
  readonly clock = new VirtualClock();
  readonly dice: Dice;
  readonly isSigned: boolean;
  /** Whether logs live elsewhere. */
  readonly isRemote: boolean;
  /** How many processes have the channels. */
  readonly nodes: number;
  /** Whether filters do what they should not. */
  readonly isMischievous: boolean;
  broker: SimulationBroker | undefined;
  /** Counts the beginnings of all logs. */
  life = 0;
  /** Whether nothing fails any more. */
  isOver = false;
  readonly feeds: readonly Feed[];
  readonly #clients: readonly Client[];
  readonly #brokers: SimulationBroker[] = [];
  readonly #trace: ((line: string) => void) | undefined;
  #failure: Error | undefined;

  constructor(seed: number, trace?: (line: string) => void) {
    const dice = new Dice(seed);
    this.dice = dice;
    this.#trace = trace;
    this.isSigned = dice.chance(0.2);
    this.isRemote = dice.chance(0.4);
    this.nodes = this.isRemote && dice.chance(0.5) ? 2 : 1;
    this.isMischievous = dice.chance(0.15);
    this.#newBroker();
    this.feeds = NAMES.slice(0, 1 + dice.below(3)).map((name) => new Feed(this, name));
    this.#clients = Array.from({ length: 1 + dice.below(4) }, (_, at) => new Client(this, `client ${at}`));
    const { isSigned, isRemote, nodes, isMischievous } = this;
    this.note(JSON.stringify({ isSigned, isRemote, nodes, isMischievous }));
  }

  /** Tells what happens, if somebody wants to know. */
  note(line: string): void {
    this.#trace?.(line);
  }

  /** Something is wrong that nobody can be thrown at. */
  fail(error: Error): void {
    this.#failure ??= error;
  }

  async step(step: number): Promise<void> {
    const { dice } = this;
    this.note(`step ${step}`);
    const luck = dice.random();
    if (luck < 0.3) dice.pick(this.feeds).publishSome();
    else if (luck < 0.48) this.#pass(dice.chance(0.5) ? 0 : dice.below(60));
    else if (luck < 0.51) this.#pass(dice.below(3000));
    else if (luck < 0.525) this.#restart();
    else if (luck < 0.54) dice.pick(this.feeds).makePage();
    else if (luck < 0.55) this.#forget();
    else dice.pick(this.#clients).act();
    await this.#turn();
  }

  /** All is well again: every client comes back and reads, and has to come to the end. */
  async settle(): Promise<void> {
    this.note("all is well again");
    this.isOver = true;
    if (this.broker !== undefined) this.broker.failures = 0;
    let rounds = 0;
    // What comes twice comes after the end.
    for (let rest = 3; rest > 0 && rounds < LAST_ROUNDS; rounds++) {
      for (const client of this.#clients) client.readAll();
      this.broker?.check();
      this.#pass(25);
      await this.#turn();
      const isDone =
        this.feeds.every((feed) => feed.isAppended) && this.#clients.every(({ isDone }) => isDone);
      rest = isDone ? rest - 1 : 3;
    }
    for (const client of this.#clients) client.checkEnd();
  }

  /** All leave, and nothing is left of them. */
  async leave(): Promise<void> {
    for (const client of this.#clients) client.drop();
    for (let round = 0; round < 100; round++) {
      await this.#turn();
      this.#pass(300);
    }
    for (const { nodes, name } of this.feeds) {
      for (const { size } of nodes) {
        if (size !== 0) throw new Error(`channel ${name} still has ${size} subscriptions`);
      }
    }
    const { timers } = this.clock;
    if (timers !== 0) throw new Error(`${timers} timers are left`);
    for (const { followers } of this.#brokers) {
      if (followers !== 0) throw new Error(`${followers} logs are still followed`);
    }
  }

  #pass(ms: number): void {
    this.note(`${ms} ms pass`);
    for (const client of this.#clients) client.beforeFlush();
    this.clock.advance(ms);
    for (const client of this.#clients) client.afterFlush();
  }

  /** Lets every promise that can settle do so. */
  async #turn(): Promise<void> {
    for (let count = 0; count < 12; count++) await Promise.resolve();
    for (const client of this.#clients) client.learn();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The processes die, with all that they had in memory, and others take their place. */
  #restart(): void {
    for (const client of this.#clients) client.drop();
    if (this.isRemote && this.dice.chance(0.7)) {
      this.note("the processes restart");
      if (this.dice.chance(0.2)) this.#forget();
      for (const feed of this.feeds) feed.open();
      return;
    }
    this.life++;
    this.note(`life ${this.life} begins`);
    this.#newBroker();
    for (const feed of this.feeds) feed.begin();
  }

  /** The broker comes back without its newest events. */
  #forget(): void {
    const count = 1 + this.dice.below(8);
    this.note(`the broker forgets up to ${count} events`);
    this.broker?.forget(count);
  }

  #newBroker(): void {
    if (!this.isRemote) return;
    const kept = 60 + this.dice.below(200);
    this.broker = new SimulationBroker(this.clock, this.dice.random, `life${this.life}`, kept);
    this.broker.failures = 0.03;
    this.#brokers.push(this.broker);
  }
}
