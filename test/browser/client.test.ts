import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { EventSource as ClientSource } from "../../src/client.ts";
import { bundleClient } from "../support/client-bundle.ts";
import { eventually } from "../support/eventually.ts";
import { type PageServer, servePages } from "../support/page-server.ts";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : "Chromium is not installed";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** What the pages of these tests have. */
declare const client: Client;
declare const source: ClientSource;
declare const lines: string[];

type Client = typeof import("../../src/client.ts");

let browser: Browser;
let context: BrowserContext;
let server: PageServer;

before(async () => {
  if (skip !== false) return;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...QUIET] });
});

after(async () => {
  if (skip === false) await browser.close();
});

afterEach(async () => {
  if (skip !== false) return;
  await context.close();
  await server.close();
});

/** Begins anew: an empty log, and a browser without pages. */
async function start(): Promise<void> {
  server = await servePages(await bundleClient());
  context = await browser.newContext();
}

/** Opens a page with a source that notes what it dispatches. */
async function openPage(
  kind: "EventSource" | "SharedEventSource",
  init: { retry?: { maxDelayMs: number }; pauseWhenHidden?: boolean } = {},
  url = "/events",
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.origin);
  await page.evaluate(
    ([kind, init, url]) => {
      const lines: string[] = [];
      const source = new client[kind](url, init);
      Object.assign(globalThis, { lines, source });
      source.onopen = () => lines.push("open");
      source.onmessage = ({ data }) => lines.push(data);
      source.onerror = ({ code }) => lines.push(`${code} ${source.readyState}`);
    },
    [kind, init, url] as const,
  );
  return page;
}

async function until(page: Page, line: string): Promise<void> {
  await page.waitForFunction((wanted) => lines.includes(wanted), line);
}

function linesOf(page: Page): Promise<string[]> {
  return page.evaluate(() => lines);
}

test("in a page: it opens, reads, resumes after a cut, and closes", { skip }, async () => {
  await start();
  const page = await openPage("EventSource");
  await until(page, "open");
  server.publish();
  await until(page, "1");
  server.streams[0]?.response.end();
  server.publish();
  await until(page, "2");
  server.streams[0]?.response.destroy();
  server.publish();
  await until(page, "3");
  const lines = await linesOf(page);
  assert.deepEqual(
    lines.map((line) => line.replace("cut", "ended")),
    ["open", "1", "ended 0", "open", "2", "ended 0", "open", "3"],
  );
  assert.deepEqual(server.asked, [undefined, "1", "2"]);
  assert.equal(
    await page.evaluate(() => source.url),
    `${server.origin}/events`,
    "the URL is relative to the page",
  );
  await page.evaluate(() => source.close());
  await eventually(() => server.streams.length === 0);
});

test("in a page: it asks as the browser's own EventSource does", { skip }, async () => {
  await start();
  const seen: Record<string, unknown>[] = [];
  server.answer = ({ headers }, response) => {
    const { accept, pragma } = headers;
    seen.push({ accept, cache: headers["cache-control"], pragma, dest: headers["sec-fetch-mode"] });
    response.writeHead(200, { "content-type": "text/event-stream" }).write(":\n");
  };
  const page = await openPage("EventSource");
  await until(page, "open");
  await page.evaluate(() => {
    const native = new globalThis.EventSource("/events");
    return new Promise<void>((resolve) => {
      native.onopen = () => {
        native.close();
        resolve();
      };
    });
  });
  assert.deepEqual(seen[0], seen[1]);
});

test("in a page: an id beyond ASCII is sent as UTF-8", { skip }, async () => {
  await start();
  server.answer = (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("retry: 0\nid: é ✓\ndata: 1\n\n");
    if (server.asked.length === 1) response.end();
  };
  await openPage("EventSource");
  await eventually(() => server.asked.length === 2);
  assert.deepEqual(server.asked, [undefined, "é ✓"]);
});

test("in a page: each event has a task of its own", { skip }, async () => {
  await start();
  server.answer = (_request, response) => {
    response
      .writeHead(200, { "content-type": "text/event-stream" })
      .write("data: 1\n\ndata: 2\n\ndata: 3\n\n");
  };
  const page = await openPage("EventSource");
  const order = await page.evaluate(() => {
    const order: string[] = [];
    return new Promise<string[]>((resolve) => {
      const other = new client.EventSource("/events");
      other.onmessage = async ({ data }) => {
        order.push(data);
        for (let depth = 0; depth < 100; depth++) await null;
        order.push(`after ${data}`);
        if (data === "3") resolve(order);
      };
    });
  });
  assert.deepEqual(order, ["1", "after 1", "2", "after 2", "3", "after 3"]);
});

test("in a page: what fails for good, and what a policy tries again", { skip }, async () => {
  await start();
  server.answer = (_request, response) => {
    response.writeHead(server.asked.length < 3 ? 503 : 404).end();
  };
  const plain = await openPage("EventSource");
  await until(plain, "status 2");
  const trying = await openPage("EventSource", { retry: { maxDelayMs: 1 } });
  await until(trying, "status 0");
  await until(trying, "status 2");
  assert.deepEqual(await linesOf(trying), ["status 0", "status 2"]);
});

test("in a page: the network that is gone and comes back", { skip }, async () => {
  await start();
  const page = await openPage("EventSource");
  await until(page, "open");
  server.publish();
  await until(page, "1");
  await context.setOffline(true);
  server.streams[0]?.response.destroy();
  await until(page, "network 0");
  server.publish();
  await context.setOffline(false);
  await until(page, "2");
  assert.equal((await linesOf(page)).filter((line) => line === "2").length, 1);
});

test("in a page: kept by the history and brought back, it goes on where it was", {
  skip,
}, async (t) => {
  await start();
  const keeping = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...FLAGS, ...QUIET],
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  t.after(() => keeping.close());
  await context.close();
  context = await keeping.newContext();
  // Chromium keeps no page that has a stream open, hence one that pauses.
  const page = await openPage("EventSource", { pauseWhenHidden: true });
  await page.evaluate(() => {
    addEventListener("pageshow", ({ persisted }) => lines.push(`pageshow ${persisted}`));
  });
  await until(page, "open");
  server.publish();
  await until(page, "1");
  await page.evaluate(() => {
    location.href = "/elsewhere";
  });
  await page.waitForURL("**/elsewhere");
  await eventually(() => server.streams.length === 0);
  server.publish();
  await page.evaluate(() => history.back()).catch(() => undefined);
  await until(page, "2");
  assert.ok((await linesOf(page)).includes("pageshow true"), "it was made anew");
  assert.deepEqual(await numbersOf(page), [1, 2]);
  assert.deepEqual(server.asked, [undefined, "1"]);
});

test("in a page: another origin, which allows Last-Event-ID", { skip }, async () => {
  await start();
  const other = await servePages(new Uint8Array());
  let preflights = 0;
  other.answer = ({ method, headers }, response) => {
    const cors = {
      "access-control-allow-origin": server.origin,
      "access-control-allow-headers": "last-event-id",
    };
    if (method === "OPTIONS") {
      preflights++;
      response.writeHead(204, cors).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream", ...cors });
    response.write(`retry: 0\nid: 1\ndata: ${headers["last-event-id"] ?? "first"}\n\n`);
    if (!headers["last-event-id"]) response.end();
  };
  const page = await openPage("EventSource", {}, `${other.origin}/events`);
  await until(page, "1");
  assert.deepEqual((await linesOf(page)).slice(0, 2), ["open", "first"]);
  assert.equal(preflights, 1, "the first request needs no leave");
  await other.close();
});

test("in a page: subscribe and decode", { skip }, async () => {
  await start();
  server.answer = (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).end('data: {"a":1}\n\ndata: [DONE]\n\n');
  };
  const page = await openPage("EventSource");
  const seen = await page.evaluate(async () => {
    const seen: unknown[] = [];
    for await (const { data } of client.subscribe("/events")) {
      seen.push(data);
      if (data === "[DONE]") break;
    }
    const answer = fetch("/events", { method: "POST", body: "x" });
    for await (const { data } of client.decode(answer, { json: true, done: "[DONE]" })) seen.push(data);
    return seen;
  });
  assert.deepEqual(seen, ['{"a":1}', "[DONE]", { a: 1 }]);
});

/** The numbers that a page has seen. */
async function numbersOf(page: Page): Promise<number[]> {
  return (await linesOf(page)).map(Number).filter((number) => number > 0);
}

test("shared by pages: one connection, whose holder closes and crashes in turn, and no event is lost or doubled", {
  skip,
}, async () => {
  await start();
  const pages: Page[] = [];
  const all = async (line: string) => {
    await Promise.all(pages.map((page) => until(page, line)));
  };
  for (let count = 0; count < 5; count++) pages.push(await openPage("SharedEventSource"));
  await all("open");
  assert.equal(server.streams.length, 1);
  for (let times = 0; times < 20; times++) server.publish();
  await all("20");

  // The holder is the page that came first; it ends in one way after another, while events go on.
  for (const end of ["close()", "closed tab", "crash", "navigation"] as const) {
    const holder = pages.shift() as Page;
    const before = server.count;
    const flow = setInterval(() => server.publish(), 5);
    if (end === "close()") await holder.evaluate(() => source.close());
    else if (end === "closed tab") await holder.close();
    else if (end === "navigation") await holder.goto("about:blank");
    else {
      const session = await context.newCDPSession(holder);
      const crashed = new Promise((resolve) => holder.once("crash", resolve));
      void session.send("Page.crash").catch(() => undefined);
      await crashed;
    }
    // Some are published while nobody holds the connection.
    await all(String(before + 20));
    clearInterval(flow);
    await all(String(server.count));
    assert.ok(server.streams.length <= 1, end);
    const expected = Array.from({ length: server.count }, (_, at) => at + 1);
    for (const page of pages) assert.deepEqual(await numbersOf(page), expected, end);
  }
  assert.equal(pages.length, 1);
  assert.equal(server.asked.length, 5, "each holder asked once");
  const [last] = pages as [Page];
  assert.ok((await linesOf(last)).includes("handover 0"));
});

test("shared by pages: one that comes later is open at once, and sees what comes from then on", {
  skip,
}, async () => {
  await start();
  const first = await openPage("SharedEventSource");
  await until(first, "open");
  server.publish();
  await until(first, "1");
  const late = await openPage("SharedEventSource");
  await until(late, "open");
  server.publish();
  await Promise.all([until(first, "2"), until(late, "2")]);
  assert.deepEqual(await numbersOf(late), [2]);
  assert.equal(server.asked.length, 1);
});

test("shared by pages: a connection that ends is made anew once, for all of them", { skip }, async () => {
  await start();
  const pages = [await openPage("SharedEventSource"), await openPage("SharedEventSource")];
  await Promise.all(pages.map((page) => until(page, "open")));
  server.publish();
  await Promise.all(pages.map((page) => until(page, "1")));
  server.streams[0]?.response.end();
  server.publish();
  for (const page of pages) {
    await until(page, "2");
    assert.deepEqual(await linesOf(page), ["open", "1", "ended 0", "open", "2"]);
  }
  assert.equal(server.asked.length, 2);
});
