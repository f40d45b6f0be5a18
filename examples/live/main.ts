/**
 * The live demonstration: a page to which an oak speaks, over one event stream per tab.
 *
 * ```sh
 * npm start                       # http://127.0.0.1:8000/, or the next free port
 * npm start -- --port 9000        # that port and no other; 0 for any free one
 * npm start -- --host 0.0.0.0     # for the whole network
 * ```
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { Application, ListenError, Router, ServerSentEvent, type ServerSentEventStreamTarget } from "dodona";

const DEFAULT_PORT = 8000;
const PORTS_TO_TRY = 10;
/** How long a browser waits before it comes back: long enough to be seen. */
const RETRY_MS = 3000;
const MEASURE_MS = 500;
const SAYING_MS = 9000;
const MAX_COMMENTS = 50;
const MAX_COMMENT_LENGTH = 280;
/** Tells the comments of this process from those of one before it, which began to count at 1 too. */
const EPOCH = Date.now().toString(36);

const SAYINGS = [
  "Ask, and stay. I do not answer all at once.",
  "What I say to one, I say to all who stand here.",
  "Go when you must. I remember where you stood.",
  "A leaf that falls was still a word.",
  "Each thing once, and each in its order.",
  "Should you miss a word, I will tell you that you did.",
  "The wind is never late. It only seems so to the leaves.",
  "A quiet tree is not a dead one. Listen a little longer.",
];

/** The open streams, each by an id that only its own tab is told. */
const readers = new Map<string, ServerSentEventStreamTarget>();
/** The newest comments, kept as the events that they were sent as. */
const comments: ServerSentEvent[] = [];
let commentCount = 0;
let saying = 0;

const router = new Router();

router.get("/events", (ctx) => {
  const target = ctx.sendEvents({ retry: RETRY_MS });
  const tab = crypto.randomUUID();
  target.dispatchEvent(new ServerSentEvent("hello", { tab, retryMs: RETRY_MS }));
  target.dispatchMessage(SAYINGS[saying]);
  catchUp(target);

  readers.set(tab, target);
  tellReaderCount();
  target.signal.addEventListener("abort", () => {
    readers.delete(tab);
    tellReaderCount();
  });
});

router.post("/comments", async (ctx) => {
  const text = (await ctx.request.body.text()).trim();
  if (text === "") ctx.throw(400, "A comment needs some text");
  if (text.length > MAX_COMMENT_LENGTH)
    ctx.throw(400, `A comment has ${MAX_COMMENT_LENGTH} characters at most`);

  const id = `${EPOCH}-${++commentCount}`;
  const comment = new ServerSentEvent("comment", { text, time: new Date() }, { id });
  comments.push(comment);
  if (comments.length > MAX_COMMENTS) comments.shift();
  tellAll(comment);
  ctx.response.status = 201;
  ctx.response.body = { id };
});

router.post("/drop/:tab", async (ctx) => {
  const target = readers.get(ctx.params.tab ?? "");
  if (target === undefined) return ctx.throw(404, "That stream has ended already");
  await target.close();
  ctx.response.status = 204;
});

for (const [path, file] of [
  ["/", "index.html"],
  ["/page.css", "page.css"],
  ["/page.js", "page.js"],
] as const) {
  const text = await readFile(new URL(`page/${file}`, import.meta.url), "utf8");
  router.get(path, ({ response }) => {
    response.headers.set("cache-control", "no-cache");
    response.headers.set("content-security-policy", "default-src 'self'; img-src data:");
    response.type = file.replace(/.*\./, "");
    response.body = text;
  });
}

const app = new Application({ bodyLimitBytes: 4096 });
app.use(router.routes(), router.allowedMethods());
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`The oak speaks at http://${hostname === "0.0.0.0" ? "localhost" : hostname}:${port}/`);
});

const controller = new AbortController();
const { signal } = controller;
process.once("SIGINT", () => controller.abort());
process.once("SIGTERM", () => controller.abort());

every(1000, () => tellAll(new ServerSentEvent("tick", { time: new Date() })));
every(MEASURE_MS, measure());
every(SAYING_MS, () => {
  saying = (saying + 1) % SAYINGS.length;
  tellAll(new ServerSentEvent("message", SAYINGS[saying]));
});

try {
  await listen();
} catch (error) {
  // Why it can't listen, or what is wrong with an option, fits a sentence; anything else needs its stack.
  const foreseen = error instanceof ListenError || (error instanceof TypeError && "code" in error);
  console.error(foreseen ? error.message : error);
  process.exitCode = 1;
  controller.abort();
}

/** A port that was asked for is the only one that will do; otherwise the next free one will. */
async function listen(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string" }, host: { type: "string" } } });
  const first = Number(values.port ?? DEFAULT_PORT);
  const last = values.port === undefined ? first + PORTS_TO_TRY - 1 : first;
  for (let port = first; ; port++) {
    try {
      return await app.listen({ hostname: values.host ?? "127.0.0.1", port, signal });
    } catch (error) {
      const inUse = error instanceof ListenError && error.code === "EADDRINUSE";
      if (!inUse || port >= last) throw error;
      console.log(`Port ${port} is in use, trying ${port + 1}`);
    }
  }
}

/** One event for all: it is encoded once, however many there are. */
function tellAll(event: ServerSentEvent): void {
  for (const target of readers.values()) target.dispatchEvent(event);
}

function tellReaderCount(): void {
  tellAll(new ServerSentEvent("readers", { count: readers.size }));
}

/** Sends what a returning reader has missed, and says so if some of that is no longer kept. */
function catchUp(target: ServerSentEventStreamTarget): void {
  const last = comments.findIndex(({ id }) => id === target.lastEventId);
  if (last === -1 && target.lastEventId !== "") target.dispatchEvent(new ServerSentEvent("gap"));
  for (const comment of comments.slice(last + 1)) target.dispatchEvent(comment);
}

/** What this process is about: how late its timers are, and how much memory it holds. */
function measure(): () => void {
  let number = 0;
  let before = performance.now();
  return () => {
    const now = performance.now();
    const lateMs = round(Math.max(0, now - before - MEASURE_MS));
    before = now;
    const memoryMb = round(process.memoryUsage().rss / 2 ** 20);
    tellAll(new ServerSentEvent("measure", { number: number++, lateMs, memoryMb }));
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function every(ms: number, act: () => void): void {
  const timer = setInterval(act, ms);
  signal.addEventListener("abort", () => clearInterval(timer));
}
