/**
 * Who may read a channel, and for how long.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";

/** The right to read a channel. */
export interface Lease {
  /** Whose right it is: ids are bound to it where they are signed. @default "" */
  readonly principal?: string;
  /** When it ends: a date, or milliseconds since 1970. @default never */
  readonly expiresAt?: Date | number;
  /** Asked every 15 s or so, and before anything is replayed, whether the right still holds; may give a new lease. */
  readonly revalidate?: () => LeaseAnswer | Promise<LeaseAnswer>;
}

/** A lease; `true` is one without an end, and anything falsy is none. */
export type LeaseAnswer = Lease | boolean | null | undefined;

/** Says who may read: called with what the application knows of the request, and the channel's name. */
export type Authorize<ReaderContext> = (
  context: ReaderContext,
  channel: string,
) => LeaseAnswer | Promise<LeaseAnswer>;

/**
 * Makes a lease of an answer; `undefined` for none.
 *
 * Throws a `TypeError` for an answer that is neither, and for an end that is no time.
 */
export function readLease(answer: LeaseAnswer): Lease | undefined {
  if (answer === false || answer === null || answer === undefined) return undefined;
  if (answer === true) return {};
  if (typeof answer !== "object")
    throw new TypeError(`Cannot take a ${typeof answer} for a lease: not an object`);
  const { expiresAt } = answer;
  if (expiresAt !== undefined && Number.isNaN(Number(expiresAt))) {
    throw new TypeError(`Cannot take a lease that ends at ${String(expiresAt)}: not a time`);
  }
  return answer;
}

/** Whether the lease has ended. */
export function hasExpired(lease: Lease, clock: Clock): boolean {
  return lease.expiresAt !== undefined && Number(lease.expiresAt) <= clock.date();
}

/** Gives the lease as it is now, `undefined` when it holds no more. Rejects with what `revalidate` throws. */
export async function renewLease(lease: Lease, clock: Clock): Promise<Lease | undefined> {
  if (hasExpired(lease, clock)) return undefined;
  if (lease.revalidate === undefined) return lease;
  const answer = await lease.revalidate();
  const renewed = answer === true ? lease : readLease(answer);
  return renewed === undefined || hasExpired(renewed, clock) ? undefined : renewed;
}
