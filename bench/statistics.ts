/**
 * Medians and the ratios between contenders.
 *
 * @module
 */

/** The middle of some rounds and how far they lie apart. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws {RangeError} when there is nothing to summarize. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const least = sorted[0];
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) throw new RangeError("Cannot summarize no rounds at all");
  const upper = sorted[Math.floor(sorted.length / 2)] ?? least;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? least;
  return { median: (lower + upper) / 2, least, most };
}

/**
 * The ratios of one contender to another, round by round: what slows the whole machine down for one
 * round slows both, and falls out.
 */
export function ratioOf(values: readonly number[], base: readonly number[]): Summary {
  const rounds = Math.min(values.length, base.length);
  return summarize(Array.from({ length: rounds }, (_, n) => (values[n] ?? 0) / (base[n] ?? 0)));
}

/** The value below which the given part of all lies, from 0 to 1; the most of a few. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Processor time of one delivery, in microseconds. */
export function perDelivery(round: { readonly cpuMicros: number; readonly deliveries: number }): number {
  return round.cpuMicros / round.deliveries;
}

/** A ratio and how far its rounds lie apart. */
export function describeRatio({ median, least, most }: Summary): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
