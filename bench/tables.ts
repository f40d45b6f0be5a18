/**
 * What the tables of a report are made of.
 *
 * @module
 */

import { ratioOf, summarize } from "./statistics.ts";

/** A heading and a table. */
export function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `## ${title}\n\n${lines.join("\n")}`;
}

/** The median, with the least and the most in brackets. */
export function spread(values: readonly number[], digits: number): string {
  if (values.length === 0) return "";
  const { median, least, most } = summarize(values);
  return `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

/** The median of the ratios of the same rounds; nothing where one side has none. */
export function ratio(values: readonly number[], base: readonly number[] | undefined): string {
  if (base === undefined || base.length === 0 || values.length === 0) return "";
  return ratioOf(values, base).median.toFixed(2);
}

/** Bytes as MiB, with one digit. */
export function mebibytes(bytes = 0): string {
  return (bytes / 2 ** 20).toFixed(1);
}
