/**
 * A contender that could not be measured: said in the report, and no end to the run.
 *
 * @module
 */

/** Who failed, in what part, and why. */
export interface Failure {
  readonly part: string;
  readonly contender: string;
  readonly reason: string;
}

export function describeFailure(part: string, contender: string, error: unknown): Failure {
  return { part, contender, reason: error instanceof Error ? error.message : String(error) };
}
