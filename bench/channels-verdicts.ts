/**
 * What channels must reach, and whether they did.
 *
 * @module
 */

import type { ChannelResults } from "./channels.ts";
import type { FanOutResult } from "./fan-out.ts";
import { describeRatio, percentile, perDelivery, ratioOf, type Summary } from "./statistics.ts";
import type { Verdict } from "./verdicts.ts";

const subject = "dodona-channel";
const mebibyte = 2 ** 20;
// An engine's young generation and its compiled code come and go by this much.
const memoryNoiseBytes = 8 * mebibyte;
// Two servers of one kind differ by about this much.
const rateNoise = 0.1;
// The wider a crowd, the less of it stays in the processor's caches: the plain loop pays for that too.
const flatness = 1.25;

/** Judges every scene that was run. */
export function judgeChannels(results: ChannelResults | undefined): Verdict[] {
  if (results === undefined) return [];
  return [
    ...judgePaced(results),
    ...judgeFlatness(results),
    ...judgeBurst(results),
    ...judgeIdle(results),
    ...judgeStalled(results),
    ...judgeResume(results),
  ];
}

function judgePaced({ paced = [] }: ChannelResults): Verdict[] {
  return paced
    .filter(({ contender, readers }) => contender === subject && readers >= 1000)
    .flatMap(({ readers, rounds }) => {
      const toPlain = compare(paced, readers, "plain-socket");
      const toPeer = compare(paced, readers, "better-sse");
      // What the system takes for a write is the same for all, and can't be saved.
      const floor = compare(paced, readers, "better-sse", "plain-socket");
      const late = percentile(
        rounds.flatMap(({ latenciesMs }) => latenciesMs),
        0.99,
      );
      return [
        ...verdict(
          `Channel, paced, ${readers} readers: at most 1.1 times the CPU per delivery of a plain socket.write`,
          toPlain,
          1.1,
        ),
        ...verdict(
          `Channel, paced, ${readers} readers: below half of better-sse's CPU`,
          toPeer,
          0.5,
          floor && `; the plain socket.write itself ${describeRatio(floor)}`,
        ),
        {
          target: `Channel, paced, ${readers} readers: p99 until the last reader is reported`,
          met: late > 0,
          figure: `${late.toFixed(1)} ms`,
        },
      ];
    });
}

/** What a delivery costs to ever more readers, beside what that does to the plain loop. */
function judgeFlatness({ paced = [] }: ChannelResults): Verdict[] {
  const own = paced.filter(({ contender, readers }) => contender === subject && readers >= 100);
  const [few] = own;
  const many = own.at(-1);
  if (few === undefined || many === undefined || few === many) return [];
  const growth = ratioOf(many.rounds.map(perDelivery), few.rounds.map(perDelivery));
  const plain = paced.filter(({ contender }) => contender === "plain-socket");
  const [plainFew, plainMany] = [few, many].map(({ readers }) =>
    plain.find((one) => one.readers === readers),
  );
  if (plainFew === undefined || plainMany === undefined) return [];
  const plainGrowth = ratioOf(plainMany.rounds.map(perDelivery), plainFew.rounds.map(perDelivery));
  return [
    {
      target: `Channel, paced: a delivery to ${many.readers} readers costs what one to ${few.readers} does, to ${(flatness - 1) * 100} %, or grows no more than the plain loop's`,
      met: growth.median <= Math.max(flatness, plainGrowth.median * 1.05),
      figure: `${describeRatio(growth)}; the plain loop's ${describeRatio(plainGrowth)}`,
    },
  ];
}

function judgeBurst({ burst = [], paced = [] }: ChannelResults): Verdict[] {
  const own = burst.find(({ contender }) => contender === subject);
  if (own === undefined) return [];
  const { readers, eventsPerTurn, rounds } = own;
  const verdicts: Verdict[] = [];
  const pace = paced.find((result) => result.contender === subject && result.readers === readers);
  if (pace !== undefined) {
    const ratio = ratioOf(pace.rounds.map(perDelivery), rounds.map(perDelivery));
    verdicts.push({
      target: `Channel, ${eventsPerTurn} a turn, ${readers} readers: at most a twentieth of its own paced CPU per delivery`,
      met: ratio.median >= 20,
      figure: `1 / ${ratio.median.toFixed(1)} (${ratio.least.toFixed(1)} to ${ratio.most.toFixed(1)})`,
    });
  }
  const nchan = burst.find(({ contender }) => contender === "nchan");
  if (nchan !== undefined) {
    const rate = ratioOf(rounds.map(perSecond), nchan.rounds.map(perSecond));
    const core = ratioOf(nchan.rounds.map(perDelivery), rounds.map(perDelivery));
    verdicts.push({
      target: `Channel, ${eventsPerTurn} a turn, ${readers} readers: at least 20 times nchan's deliveries per second`,
      met: rate.median >= 20,
      figure: `${describeRatio(rate)} by the clock, which counts the readers too; ${describeRatio(core)} of the server's core`,
    });
  }
  return verdicts;
}

function judgeIdle({ idle = [] }: ChannelResults): Verdict[] {
  const own = idle.find(({ contender }) => contender === subject);
  const base = idle.find(({ contender }) => contender === "plain-http");
  if (own === undefined || base === undefined) return [];
  const [ratio, heap] = (["rssBytes", "heapBytes"] as const).map((kind) =>
    ratioOf(
      own.rounds.map((round) => round[kind]),
      base.rounds.map((round) => round[kind]),
    ),
  ) as [Summary, Summary];
  return [
    {
      target: `Channel, ${own.streams} idle subscribers: at most 1.2 times plain node:http's resident memory per connection`,
      met: ratio.median <= 1.2,
      figure: `${describeRatio(ratio)}; of the heap ${describeRatio(heap)}`,
    },
  ];
}

function judgeStalled({ stalled = [] }: ChannelResults): Verdict[] {
  const held = stalled.find((result) => result.stalled);
  const free = stalled.find((result) => !result.stalled);
  if (held === undefined || free === undefined) return [];
  const cpu = ratioOf(held.rounds.map(perDelivery), free.rounds.map(perDelivery));
  const rate = ratioOf(held.rounds.map(perSecond), free.rounds.map(perSecond));
  const heap = held.memoryAfter.heapBytes - held.memoryBefore.heapBytes;
  const resident = held.memoryAfter.rssBytes - held.memoryBefore.rssBytes;
  const who = `Channel, one of ${held.readers} readers never reads`;
  return [
    {
      target: `${who}: memory stays where it is`,
      met: heap <= memoryNoiseBytes && resident <= memoryNoiseBytes,
      figure: `heap ${signed(heap)} MiB, resident ${signed(resident)} MiB over ${held.published} events, of which its socket took ${held.taken}`,
    },
    {
      target: `${who}: the others are as fast, to ${rateNoise * 100} %`,
      met: cpu.median <= 1 + rateNoise && rate.median >= 1 - rateNoise,
      figure: `${describeRatio(rate)} of the rate, ${describeRatio(cpu)} of the CPU`,
    },
  ];
}

function judgeResume({ resume = [] }: ChannelResults): Verdict[] {
  return resume.map(({ readers, behind, rounds }) => {
    const rate = rounds.map(perSecond).toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? 0;
    const late = percentile(
      rounds.flatMap(({ stormMs }) => stormMs),
      0.99,
    );
    return {
      target: `Channel, ${readers} readers return at once from ${behind} events back: the rate and p99 of live events are reported`,
      met: rate > 0 && late > 0,
      figure: `${(rate / 1e6).toFixed(2)} million deliveries per second, ${late.toFixed(1)} ms`,
    };
  });
}

function compare(
  all: readonly FanOutResult[],
  readers: number,
  peer: string,
  contender = subject,
): Summary | undefined {
  const own = all.find((result) => result.contender === contender && result.readers === readers);
  const base = all.find((result) => result.contender === peer && result.readers === readers);
  if (own === undefined || base === undefined) return undefined;
  return ratioOf(own.rounds.map(perDelivery), base.rounds.map(perDelivery));
}

function verdict(target: string, ratio: Summary | undefined, most: number, remark = ""): Verdict[] {
  if (ratio === undefined) return [];
  return [{ target, met: ratio.median <= most, figure: `${describeRatio(ratio)}${remark}` }];
}

function perSecond({ deliveries, wallMs }: { deliveries: number; wallMs: number }): number {
  return (deliveries / wallMs) * 1000;
}

function signed(bytes: number): string {
  return `${bytes < 0 ? "" : "+"}${(bytes / mebibyte).toFixed(2)}`;
}
