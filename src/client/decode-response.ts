/**
 * The events of one answer, whoever asked for it and by which method: for the streams of language models, and
 * whatever else comes once and is not resumed.
 *
 * ```ts
 * import { decode } from "dodona/client";
 *
 * const answer = fetch("https://example.com/v1/chat", { method: "POST", body: "{}" });
 * for await (const { data } of decode<{ text: string }>(answer, { json: true, done: "[DONE]" })) {
 *   console.log(data.text);
 * }
 * ```
 *
 * @module
 */
import type { DecodedEvent, DecoderLimits } from "../wire/decode.ts";
import { EventSourceError } from "./client-error.ts";
import { checkAnswer } from "./connection.ts";
import { END, type ItemLoop, loopOver } from "./item-loop.ts";
import { type JsonEvent, parseJson } from "./parse-json.ts";
import { type ReadItem, readEvents } from "./read-events.ts";

/** Bounds, and what the data is. */
export interface DecodeOptions extends DecoderLimits {
  /** The data of the event that is the last, and is not given. An answer that ends without it was cut. */
  readonly done?: string | undefined;
  /** Whether the data of each event is JSON, to be given parsed. @default false */
  readonly json?: boolean | undefined;
}

/**
 * Gives the events of an answer, a chunk being read when its first event is asked for; leaving the loop gives the
 * rest of the body back.
 *
 * Throws what the promise of an answer rejects with, and an {@linkcode EventSourceError} whose code is `status` for
 * any status but 200 (its `response` is there to be read), `content-type` for what is no event stream, `cut` when
 * the body breaks off or ends without `done`, `too-long` past a limit, `not-json` for data that is none.
 */
export function decode<Data = unknown>(
  response: Response | Promise<Response>,
  options: DecodeOptions & { readonly json: true },
): ItemLoop<JsonEvent<Data>>;
export function decode(
  response: Response | Promise<Response>,
  options?: DecodeOptions,
): ItemLoop<DecodedEvent>;
export function decode(
  response: Response | Promise<Response>,
  options: DecodeOptions = {},
): ItemLoop<DecodedEvent | JsonEvent<unknown>> {
  const { json, done } = options;
  return loopOver(readAnswer(response, options), (item) => {
    if (!("data" in item)) return undefined;
    if (item.data === done) return END;
    return json ? parseJson(item) : item;
  });
}

async function* readAnswer(
  answer: Response | Promise<Response>,
  init: DecodeOptions,
): AsyncGenerator<ReadItem[], void, void> {
  const response = await answer;
  checkAnswer(response);
  if (response.body) yield* readEvents(response.body, { init, lastEventId: "", reconnectionTime: 0 });
  if (init.done !== undefined) throw new EventSourceError("cut", { response });
}
