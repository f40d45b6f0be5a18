/**
 * What the servers of the HTTP part are asked for, and what they have to answer.
 *
 * @module
 */

/** The routes that each server has beside `/`, `/json` and `/file.bin`: `/r0/items/:id` to `/r49/items/:id`. */
export const ROUTES: readonly number[] = Array.from({ length: 50 }, (_, n) => n);
/** What `/` answers. */
export const GREETING = "Hello, world!";
/** How large the file is, in bytes. */
export const FILE_BYTES: number = 2 ** 20;

const JSON_TEXT = JSON.stringify({
  message: "The oak spoke",
  values: [1, 2, 3, 4, 5, 6, 7, 8],
  nested: { is: true },
});

/** One kind of request. */
export interface Workload {
  readonly name: "hello" | "parameter" | "json" | "file";
  readonly title: string;
  /** The whole request, as it goes over the socket. */
  readonly request: string;
  /** The body of the answer; of the file, only its length is known here. */
  readonly answer: string | { readonly bytes: number };
  /** Requests of one round. */
  readonly requests: number;
}

function ask(method: string, path: string, body = ""): string {
  const head = [`${method} ${path} HTTP/1.1`, "Host: 127.0.0.1"];
  if (body !== "") head.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

/** All of them, with as many requests a round as they are light. */
export function makeWorkloads(quick: boolean): readonly Workload[] {
  const light = quick ? 2000 : 40_000;
  return [
    { name: "hello", title: "Hello world", request: ask("GET", "/"), answer: GREETING, requests: light },
    {
      name: "parameter",
      title: "A parameter route among 50",
      request: ask("GET", "/r25/items/42"),
      answer: "42",
      requests: light,
    },
    {
      name: "json",
      title: "JSON echo",
      request: ask("POST", "/json", JSON_TEXT),
      answer: JSON_TEXT,
      requests: light,
    },
    {
      name: "file",
      title: "A static file of 1 MiB",
      request: ask("GET", "/file.bin"),
      answer: { bytes: FILE_BYTES },
      requests: Math.ceil(light / 40),
    },
  ];
}
