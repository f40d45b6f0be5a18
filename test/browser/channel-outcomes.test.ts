import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, type TestContext, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { Channel } from "../../src/channel/channel.ts";
import type { ChannelOptions } from "../../src/channel/channel-options.ts";
import type { Subscription } from "../../src/channel/subscription.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : "Chromium is not installed";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Runs in the page: keeps what the browser's own `EventSource` makes events of. */
const LISTEN = `
  window.heard = [];
  const source = new EventSource("/events");
  for (const type of ["word", "gap", "reset", "snapshot", "message"]) {
    source.addEventListener(type, ({ data, lastEventId }) => heard.push({ type, data, lastEventId }));
  }
`;

interface Heard {
  type: string;
  data: string;
  lastEventId: string;
}

let browser: Browser;

before(async () => {
  if (skip === false)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...QUIET] });
});

after(async () => {
  if (skip === false) await browser.close();
});

/** A page whose `EventSource` follows a channel, which the test may drop, and replace by another of its name. */
async function follow(t: TestContext, options: ChannelOptions<Record<string, unknown>, unknown> = {}) {
  const state = { channel: new Channel("words", options), isAway: false };
  const subscriptions: Subscription[] = [];
  const app = quietApp();
  app.use((ctx) => {
    if (ctx.request.url.pathname !== "/events") {
      ctx.response.type = "html";
      ctx.response.body = `<!doctype html><script>${LISTEN}</script>`;
      return;
    }
    const target = ctx.sendEvents({ retry: 20 });
    // Nobody is kept away by an error: an EventSource would give up.
    if (state.isAway) void target.close();
    else subscriptions.push(state.channel.subscribe(target));
  });
  const { port, stop } = await serve(app);
  const page = await browser.newPage();
  t.after(async () => {
    await page.close();
    await stop();
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  await eventually(() => subscriptions.length === 1);
  await subscriptions[0]?.ready;
  return {
    page,
    subscriptions,
    state,
    /** Drops the connection, and lets it come back only when `act` is done; gives the subscription that it comes back with. */
    async away(act: () => Promise<unknown>): Promise<Subscription> {
      state.isAway = true;
      await subscriptions.at(-1)?.target.close();
      await act();
      const count = subscriptions.length;
      state.isAway = false;
      await eventually(() => subscriptions.length > count);
      return subscriptions.at(-1) as Subscription;
    },
  };
}

function heard(page: Page): Promise<Heard[]> {
  return page.evaluate(() => (window as unknown as { heard: Heard[] }).heard);
}

/** What the page has heard once it has heard `data`. */
async function heardUntil(page: Page, data: string): Promise<Heard[]> {
  await page.waitForFunction(
    (last) => (window as unknown as { heard: Heard[] }).heard.some((event) => event.data === last),
    data,
  );
  return heard(page);
}

test("new, and resumed before any event came: the place that it is told first is no event, and is kept", {
  skip,
}, async (t) => {
  const { page, subscriptions, state, away } = await follow(t);
  assert.equal(subscriptions[0]?.outcome, "new");
  const primed = subscriptions[0]?.lastEventId;
  const second = await away(() => state.channel.publish("word", "while away"));
  assert.equal(second.target.lastEventId, primed, "what the browser said when it came back");
  assert.equal(second.outcome, "resumed");
  const id = await state.channel.publish("word", "live");
  const events = await heardUntil(page, "live");
  assert.deepEqual(
    events.map(({ type, data }) => [type, data]),
    [
      ["word", "while away"],
      ["word", "live"],
    ],
  );
  assert.equal(events[1]?.lastEventId, id);
});

test("gap: it is an event that the page hears, before what is kept", { skip }, async (t) => {
  const { page, state, away } = await follow(t, { history: { events: 2 } });
  const seen = await state.channel.publish("word", "seen");
  await heardUntil(page, "seen");
  const back = await away(async () => {
    for (const word of ["lost", "lost too", "kept", "kept too"]) await state.channel.publish("word", word);
  });
  assert.equal(back.outcome, "gap");
  const [, gap, ...kept] = await heardUntil(page, "kept too");
  assert.equal(gap?.type, "gap");
  const { channel, reason, lost } = JSON.parse(gap?.data ?? "");
  assert.deepEqual([channel, reason, lost.after, lost.through], ["words", "trimmed", seen, gap?.lastEventId]);
  assert.deepEqual(
    kept.map(({ data }) => data),
    ["kept", "kept too"],
  );
});

test("reset: it is an event that the page hears, with the state that follows it", { skip }, async (t) => {
  const { page, state, away } = await follow(t);
  await state.channel.publish("word", "seen");
  await heardUntil(page, "seen");
  const back = await away(async () => {
    await state.channel.close();
    state.channel = new Channel<Record<string, unknown>>("words").snapshot(() => "the state");
    await state.channel.publish("word", "in the state");
  });
  assert.equal(back.outcome, "reset");
  const id = await state.channel.publish("word", "live");
  const [, reset, ...rest] = await heardUntil(page, "live");
  assert.equal(reset?.type, "reset");
  assert.equal(JSON.parse(reset?.data ?? "").reason, "restarted");
  assert.deepEqual(
    rest.map(({ type, data }) => [type, data]),
    [
      ["snapshot", "the state"],
      ["word", "live"],
    ],
  );
  assert.equal(rest[1]?.lastEventId, id);
  const resumed = await away(() => state.channel.publish("word", "after the state"));
  assert.equal(resumed.outcome, "resumed");
  assert.deepEqual((await heardUntil(page, "after the state")).map(({ data }) => data).slice(-2), [
    "live",
    "after the state",
  ]);
});

test("a reader who is dropped again and again hears each word once, in order", { skip }, async (t) => {
  const { page, state, away } = await follow(t);
  let word = 0;
  for (let drop = 0; drop < 10; drop++) {
    await state.channel.publish("word", String(word++));
    const back = await away(async () => {
      for (let more = 0; more < drop % 3; more++) await state.channel.publish("word", String(word++));
    });
    assert.equal(back.outcome, "resumed");
  }
  await state.channel.publish("word", "end");
  const events = await heardUntil(page, "end");
  assert.deepEqual(
    events.map(({ data }) => data),
    [...Array.from({ length: word }, (_, number) => String(number)), "end"],
  );
});
