/**
 * The live demonstration: a page to which an oak speaks, over one event stream per tab, which follows three channels.
 *
 * ```sh
 * npm start                       # http://127.0.0.1:8000/, or the next free port
 * npm start -- --port 9000        # that port and no other; 0 for any free one
 * npm start -- --host 0.0.0.0     # for the whole network
 * npm start -- --broker redis://127.0.0.1   # or nats://: the comments are shared with all who use that broker
 * ```
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { Application, ListenError, Router, ServerSentEvent, type ServerSentEventStreamTarget } from "dodona";
import { Channel } from "dodona/channel";
import { loadClientModules } from "./client-modules.ts";

const DEFAULT_PORT = 8000;
const PORTS_TO_TRY = 10;
/** How long a browser waits before it comes back: long enough to be seen. */
const RETRY_MS = 3000;
const MEASURE_MS = 500;
const SAYING_MS = 9000;
/** As many measures as the page draws. */
const MAX_MEASURES = 280;
const MAX_COMMENTS = 50;
const MAX_COMMENT_LENGTH = 280;
/** What is kept is bounded by number alone. */
const ageMs = Number.POSITIVE_INFINITY;

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

const { values } = readOptions();
/** Loaded when it is asked for: without it, no client of a broker has to be there. */
const shared = values.broker === undefined ? undefined : await loadBroker(values.broker).catch(giveUp);

/** What the oak says now: a tab that comes new gets the present state, one that comes back only what has changed. */
const oak = new Channel<{ message: string; tick: Tick; readers: { count: number } }>("oak");
/** What has its history: a tab that comes new gets all that is kept, one that comes back what it has missed. */
const wood = new Channel<{ measure: Measure }>("wood", { history: { events: MAX_MEASURES, ageMs } });
const comments = new Channel<{ comment: Comment }>("comments", {
  history: { events: MAX_COMMENTS, ageMs },
  ...(shared && { broker: shared.broker }),
});
/** The name of each tab's stream, which only that tab is told. */
const tabs = new WeakMap<ServerSentEventStreamTarget, string>();
let saying = 0;
let measured = 0;

interface Tick {
  time: Date;
}

interface Measure {
  number: number;
  lateMs: number;
  memoryMb: number;
  /** By how many events the slowest reader is behind. */
  lag: number;
}

interface Comment {
  text: string;
  time: Date;
}

oak.snapshot(() => [
  new ServerSentEvent("message", SAYINGS[saying]),
  new ServerSentEvent("readers", { count: oak.size }),
]);
for (const type of ["subscribe", "unsubscribe"] as const) {
  oak.addEventListener(type, () => oak.publish("readers", { count: oak.size }, { key: "readers" }));
}

const router = new Router();

router.get("/events", (ctx) => {
  const target = ctx.sendEvents({ retry: RETRY_MS });
  const tab = crypto.randomUUID();
  tabs.set(target, tab);
  target.dispatchEvent(new ServerSentEvent("hello", { tab, measured }));
  oak.subscribe(target);
  for (const channel of [wood, comments]) channel.subscribe(target, { since: "earliest" });
});

router.post("/comments", async (ctx) => {
  const text = (await ctx.request.body.text()).trim();
  if (text === "") ctx.throw(400, "A comment needs some text");
  if (text.length > MAX_COMMENT_LENGTH)
    ctx.throw(400, `A comment has ${MAX_COMMENT_LENGTH} characters at most`);

  const id = await comments.publish("comment", { text, time: new Date() });
  ctx.response.status = 201;
  ctx.response.body = { id };
});

router.post("/drop/:tab", (ctx) => {
  const dropped = oak.kick(({ target }) => tabs.get(target) === ctx.params.tab);
  if (dropped === 0) ctx.throw(404, "That stream has ended already");
  ctx.response.status = 204;
});

const page = await readFile(new URL("page/index.html", import.meta.url), "utf8");
serve("/", "html", page);
for (const file of ["page.css", "page.js"]) {
  serve(
    `/${file}`,
    file.replace(/.*\./, ""),
    await readFile(new URL(`page/${file}`, import.meta.url), "utf8"),
  );
}
// The page's import map says that these are `dodona/client`.
for (const [path, text] of await loadClientModules()) serve(`/dodona/${path}`, "js", text);

const app = new Application({ bodyLimitBytes: 4096 });
app.use(router.routes(), router.allowedMethods());
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`The oak speaks at http://${hostname === "0.0.0.0" ? "localhost" : hostname}:${port}/`);
});

const controller = new AbortController();
const { signal } = controller;
process.once("SIGINT", () => controller.abort());
process.once("SIGTERM", () => controller.abort());

// A key makes it a state: who is behind needs the newest only.
every(1000, () => oak.publish("tick", { time: new Date() }, { key: "tick" }));
every(MEASURE_MS, measure());
every(SAYING_MS, () => {
  saying = (saying + 1) % SAYINGS.length;
  return oak.publish("message", SAYINGS[saying] as string, { key: "message" });
});

await listen().catch(giveUp);
await shared?.end();

/** Serves a text that never changes. */
function serve(path: string, type: string, text: string): void {
  router.get(path, ({ response }) => {
    response.headers.set("cache-control", "no-cache");
    if (type === "html") response.headers.set("content-security-policy", policyOf(text));
    response.type = type;
    response.body = text;
  });
}

/** Lets a page run scripts of its own origin alone, and the import map that stands in it. */
function policyOf(html: string): string {
  const [, map = ""] = /<script type="importmap">(.*?)<\/script>/s.exec(html) ?? [];
  const hash = createHash("sha256").update(map).digest("base64");
  return `default-src 'self'; script-src 'self' 'sha256-${hash}'; img-src data:`;
}

async function loadBroker(url: string) {
  const { openBroker } = await import("./broker.ts");
  return openBroker(url, MAX_COMMENTS);
}

function readOptions() {
  try {
    return parseArgs({
      options: { port: { type: "string" }, host: { type: "string" }, broker: { type: "string" } },
    });
  } catch (error) {
    return giveUp(error);
  }
}

/** Why it can't listen, or what is wrong with an option, fits a sentence; anything else needs its stack. */
function giveUp(error: unknown): never {
  const foreseen = error instanceof ListenError || (error instanceof TypeError && "code" in error);
  console.error(foreseen ? error.message : error);
  process.exit(1);
}

/** A port that was asked for is the only one that will do; otherwise the next free one will. */
async function listen(): Promise<void> {
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

/** What this process is about: how late its timers are, and how much memory it holds. */
function measure(): () => Promise<string> {
  let before = performance.now();
  return () => {
    const now = performance.now();
    const lateMs = round(Math.max(0, now - before - MEASURE_MS));
    before = now;
    const memoryMb = round(process.memoryUsage().rss / 2 ** 20);
    const lag = Math.max(0, ...Array.from(wood.subscriptions, (subscription) => subscription.lag));
    return wood.publish("measure", { number: measured++, lateMs, memoryMb, lag });
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function every(ms: number, act: () => unknown): void {
  const timer = setInterval(act, ms);
  signal.addEventListener("abort", () => clearInterval(timer));
}
