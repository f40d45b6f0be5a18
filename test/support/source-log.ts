import type { EventSource } from "../../src/client/event-source.ts";
import { eventually } from "./eventually.ts";

/** What an `EventSource` has dispatched, in order. */
export interface SourceLog {
  /** `open`, `error <code> <state>`, `resume <state>`, and for the others `<type> <data>`. */
  readonly lines: string[];
  /** The messages, of whichever type. */
  readonly messages: MessageEvent<string>[];
  /** Resolves when `line` was dispatched, and was so `times` times. */
  until(line: string | RegExp, times?: number): Promise<void>;
}

/** Listens to the events of `source`, and to those of `types`. */
export function logOf(source: EventSource, ...types: string[]): SourceLog {
  const lines: string[] = [];
  const messages: MessageEvent<string>[] = [];
  source.addEventListener("open", () => lines.push("open"));
  source.addEventListener("error", ({ code }) => lines.push(`error ${code} ${source.readyState}`));
  source.addEventListener("resume", ({ state }) => lines.push(`resume ${state}`));
  for (const type of ["message", ...types]) {
    source.addEventListener(type as string, (event) => {
      messages.push(event as MessageEvent<string>);
      lines.push(`${type} ${(event as MessageEvent<string>).data}`);
    });
  }
  const count = (line: string | RegExp) =>
    lines.filter((other) => (typeof line === "string" ? other === line : line.test(other))).length;
  return { lines, messages, until: (line, times = 1) => eventually(() => count(line) >= times) };
}
