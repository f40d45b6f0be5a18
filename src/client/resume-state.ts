/**
 * What a channel of `dodona/channel` says about where its stream begins, so that an application knows when to fetch
 * anew what it shows: a comment if nothing is lost, an event if something is.
 *
 * ```
 * : resumed
 *
 * event: gap
 * data: {"channel":"prices","reason":"trimmed","lost":{"after":"kZ3r.4f","through":"kZ3r.9c"}}
 * ```
 *
 * @module
 */
import type { DecodedEvent } from "../wire/decode.ts";

/**
 * How the stream relates to what was read before.
 *
 * - `new`: nothing was read before;
 * - `resumed`: it goes on right after what was read;
 * - `gap`: it goes on, but some events between are lost;
 * - `reset`: nothing is known of what was read: it begins anew.
 */
export type ResumeState = "new" | "resumed" | "gap" | "reset";

/** All that the server said. */
export interface ResumeDetail {
  readonly outcome: ResumeState;
  /** Which of several channels lost something. */
  readonly channel?: string;
  /** Why something is lost: `trimmed`, `restarted`, `unknown`, or `missed` by a tab that was away. */
  readonly reason?: string;
  /** Lost is what came after the event `after`, where that is known, up to and including `through`. */
  readonly lost?: { readonly after?: string; readonly through?: string };
}

/** The types of the events that tell of a loss, as the channel's `noticeTypes`. */
export interface NoticeTypes {
  /** @default "gap" */
  readonly gap?: string | undefined;
  /** @default "reset" */
  readonly reset?: string | undefined;
}

/** The `resume` event of an `EventSource`. */
export class ResumeEvent extends Event {
  declare readonly state: ResumeState;
  declare readonly detail: ResumeDetail;

  constructor(detail: ResumeDetail) {
    super("resume");
    this.state = detail.outcome;
    this.detail = detail;
  }
}

/** Reads a comment; gives `undefined` for any that says nothing of this. */
export function readOpening(comment: string): ResumeDetail | undefined {
  return comment === "new" || comment === "resumed" ? { outcome: comment } : undefined;
}

/** Reads an event; gives `undefined` for any that does not tell of a loss. */
export function readLoss(
  { type, data }: DecodedEvent,
  { gap = "gap", reset = "reset" }: NoticeTypes = {},
): ResumeDetail | undefined {
  const outcome = type === gap ? "gap" : type === reset && "reset";
  if (!outcome) return undefined;
  try {
    const said = JSON.parse(data);
    return said.lost && { ...said, outcome };
  } catch {
    // An application's own event that happens to have this type.
    return undefined;
  }
}
