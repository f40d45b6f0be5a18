import { build } from "esbuild";
import type { Page } from "playwright-core";
import { type Exchange, listenRaw } from "../scripted-server.ts";
import type { PageCall, PageNews } from "./page-script.ts";

/** What stands in a page for what a test imports. */
const STAND_INS: readonly (readonly [filter: RegExp, file: string])[] = [
  [/^node:test$/, "page-test.ts"],
  [/^node:assert\/strict$/, "page-assert.ts"],
  [/\/scripted-server\.ts$/, "page-script.ts"],
];

/** A test file in a page, and the server that its scripts speak through: one origin. */
export interface ScriptHost {
  readonly url: string;
  close(): Promise<void>;
}

/** Has a page of Chromium run a test file: its tests wait in the page's `suite`. */
export async function hostTests(page: Page, file: string): Promise<ScriptHost> {
  const code = await bundleTests(file);
  const exchanges: Exchange[] = [];
  const scripts = new Map<number, Exchange[]>();
  const tell = (news: PageNews) => {
    // A page that is closed hears nothing more.
    void page.evaluate(`suite.hearServer(${JSON.stringify(news)})`).catch(() => undefined);
  };
  const server = await listenRaw((exchange) => {
    const [, script] = /^\/(\d+)\/events$/.exec(exchange.path) ?? [];
    if (script === undefined) {
      answerPage(exchange, code);
      return;
    }
    const number = exchanges.push(exchange) - 1;
    const own = scripts.get(Number(script)) ?? [];
    scripts.set(Number(script), own);
    own.push(exchange);
    const { method, path, body } = exchange;
    const headers = [...exchange.headers];
    tell({ kind: "asked", script: Number(script), exchange: number, method, path, headers, body });
    void exchange.closed.then(() => tell({ kind: "closed", exchange: number }));
  });
  await page.exposeFunction("callServer", (call: PageCall) => {
    if (call.kind === "close") {
      for (const { socket } of scripts.get(call.script) ?? []) socket.destroy();
    } else {
      obey(call, exchanges[call.exchange] as Exchange, tell);
    }
  });
  await page.goto(server.origin);
  return { url: server.origin, close: server.close };
}

function obey(
  call: Exclude<PageCall, { kind: "close" }>,
  exchange: Exchange,
  tell: (news: PageNews) => void,
): void {
  if (call.kind === "send") exchange.send(Buffer.from(call.latin1, "latin1"));
  else if (call.kind === "end") exchange.end();
  else if (call.kind === "reset") exchange.reset();
  else {
    exchange.pour(Buffer.from(call.latin1, "latin1"), call.times, (sent) =>
      tell({ kind: "poured", exchange: call.exchange, sent }),
    );
  }
}

function answerPage(exchange: Exchange, code: string): void {
  const isScript = exchange.path === "/suite.js";
  const type = isScript ? "text/javascript" : "text/html";
  const page = '<!doctype html><title>tests</title><script src="/suite.js"></script>';
  exchange.answer(200, [`content-type: ${type}; charset=utf-8`], isScript ? code : page);
  exchange.end();
}

/** The tests of a file as one script, which sets the global `suite`. */
async function bundleTests(file: string): Promise<string> {
  const folder = import.meta.dirname;
  const contents = `
    import ${JSON.stringify(`./${file}`)};
    export { runTest, testNames } from ${JSON.stringify(`${folder}/page-test.ts`)};
    export { hearServer } from ${JSON.stringify(`${folder}/page-script.ts`)};
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    // The package says of itself that to import it does nothing; a test file is imported for what that does.
    ignoreAnnotations: true,
    write: false,
    format: "iife",
    globalName: "suite",
    charset: "utf8",
    keepNames: true,
    plugins: [
      {
        name: "stand-ins",
        setup({ onResolve }) {
          for (const [filter, standIn] of STAND_INS) {
            onResolve({ filter }, () => ({ path: `${folder}/${standIn}` }));
          }
        },
      },
    ],
  });
  return (outputFiles[0] as { text: string }).text;
}
