import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { RawClient } from "../support/raw-client.ts";
import {
  type Consumer,
  installPackage,
  listFiles,
  packPackage,
  ROOT,
  removeFolder,
  type Tarball,
  temporaryFolder,
} from "./packed-package.ts";

const run = promisify(execFile);
const LIMIT = { timeout: 60_000 };
const program = (name: string) => join(ROOT, "node_modules", ".bin", name);

let folder: string;
let tarball: Tarball;
let consumer: Consumer;
let manifest: Record<string, unknown> & { exports: Record<string, unknown> };
let entries: string[];

before(async () => {
  folder = await temporaryFolder("package");
  tarball = await packPackage(folder);
  consumer = await installPackage(tarball, join(folder, "project"));
  manifest = JSON.parse(await readFile(join(consumer.installed, "package.json"), "utf8"));
  entries = Object.keys(manifest.exports)
    .filter((entry) => !entry.endsWith(".json"))
    .map((entry) => entry.replace(".", "dodona"));
}, LIMIT);

after(() => removeFolder(folder));

/** What the runtimes may know: the programs' folders, and that there is nothing to fetch. */
function environment(): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { PATH, HOME: folder, DENO_DIR: join(folder, "deno"), DENO_NO_UPDATE_CHECK: "1" };
}

/** Runs `source` as a module of the project, on Node as it is, and gives what it printed, read as JSON. */
async function evaluate(source: string): Promise<unknown> {
  const args = ["--input-type=module", "--eval", source];
  const { stdout, stderr } = await run(process.execPath, args, { cwd: consumer.folder, env: environment() });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

test("the tarball holds the build, its sources, and four files of words", (t) => {
  const { files, sizeBytes, unpackedBytes } = tarball;
  const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
  t.diagnostic(
    `tarball: ${kilobytes(sizeBytes)}, ${files.length} files, unpacked: ${kilobytes(unpackedBytes)}`,
  );
  assert.deepEqual(
    files.filter((file) => !/^(dist|src)\//.test(file)),
    ["CHANGELOG.md", "LICENSE", "README.md", "package.json"],
  );
  for (const file of files) {
    if (file.startsWith("src/")) assert.match(file, /\.ts$/);
    if (file.startsWith("dist/")) assert.match(file, /\.(js|d\.ts)(\.map)?$|\/THIRD-PARTY-LICENSES\.txt$/);
  }
});

test("each source has its types, each door its code, and each map leads to a source inside", async () => {
  const files = new Set(tarball.files);
  for (const file of files) {
    if (!file.startsWith("src/")) continue;
    const stem = file.replace(/^src\//, "dist/").replace(/\.ts$/, "");
    for (const suffix of [".d.ts", ".d.ts.map"]) assert.ok(files.has(stem + suffix), stem + suffix);
  }
  for (const entry of entries) {
    const door = entry === "dodona" ? "mod" : entry.replace("dodona/", "");
    assert.ok(files.has(`dist/${door}.js`), entry);
  }
  for (const file of files) {
    if (!file.endsWith(".map")) continue;
    const { sources } = JSON.parse(await readFile(join(consumer.installed, file), "utf8"));
    for (const source of sources) {
      // What was bundled of another package is not ours to ship.
      if (/(^|\/)node_modules\//.test(source)) continue;
      assert.ok(files.has(join(file, "..", source).replaceAll("\\", "/")), `${file} -> ${source}`);
    }
  }
});

test("the classes have their names, and are the same behind each door", async () => {
  const names = await evaluate(`
    const { Application, Context, Response, Request, Router, ServerSentEvent } = await import("dodona");
    const router = await import("dodona/router");
    const sse = await import("dodona/sse");
    const same = [router.Router === Router, sse.ServerSentEvent === ServerSentEvent];
    console.log(JSON.stringify([...same, ...[Context, Response, Request, Router].map(({ name }) => name.replace(/^_|\\d$/g, ""))]));
  `);
  assert.deepEqual(names, [true, true, "Context", "Response", "Request", "Router"]);
});

test("the licenses of what was bundled are in it", async () => {
  const text = await readFile(join(consumer.installed, "dist", "THIRD-PARTY-LICENSES.txt"), "utf8");
  for (const name of ["cookie", "mrmime", "negotiator", "path-to-regexp", "ua-parser-js"]) {
    assert.match(text, new RegExp(`^${name}\n\n.*Copyright`, "ms"));
  }
  assert.deepEqual(Object.keys((manifest.dependencies ?? {}) as object), ["ws"]);
});

test("no file in it names a path of the machine that made it", async () => {
  const paths = await listFiles(consumer.installed);
  assert.deepEqual(paths, tarball.files);
  const places = [ROOT, folder, tarball.builtIn, "/home/", "/Users/", ":\\Users\\", "\\\\Users\\\\"];
  for (const path of paths) {
    const text = await readFile(join(consumer.installed, path), "utf8");
    for (const place of places) assert.ok(!text.includes(place), `${path} names ${place}`);
  }
});

test("each entry can be imported, required and resolved on Node, and exports what its source does", async () => {
  const names = (await evaluate(`
    import { createRequire } from "node:module";
    const require = createRequire(process.cwd() + "/");
    const found = { version: require("dodona/package.json").version };
    for (const entry of ${JSON.stringify(entries)}) {
      const imported = Object.keys(await import(entry));
      const same = Object.keys(require(entry)).every((name) => imported.includes(name));
      found[entry] = { imported: imported.sort(), same, path: import.meta.resolve(entry) };
    }
    console.log(JSON.stringify(found));
  `)) as Record<string, { imported: string[]; same: boolean; path: string }> & { version: string };
  assert.equal(names.version, manifest.version);
  for (const entry of entries) {
    const source = await import(entry);
    assert.deepEqual(names[entry]?.imported, Object.keys(source).sort(), entry);
    assert.equal(names[entry]?.same, true);
    assert.match(names[entry]?.path ?? "", /\/node_modules\/dodona\/dist\/[a-z]+\.js$/);
  }
});

test("what is not an entry can't be imported", async () => {
  const code = await evaluate(`
    const code = await import("dodona/dist/sse/heartbeat.js").then(() => "", (error) => error.code);
    console.log(JSON.stringify(code));
  `);
  assert.equal(code, "ERR_PACKAGE_PATH_NOT_EXPORTED");
});

test("importing an entry does no work", async () => {
  for (const entry of entries) {
    const [before, after] = (await evaluate(`
      const state = () => ({
        resources: process.getActiveResourcesInfo().sort(),
        listeners: Object.fromEntries(process.eventNames().map((n) => [String(n), process.listenerCount(n)])),
        globals: Object.getOwnPropertyNames(globalThis).sort(),
      });
      await import("data:text/javascript,");
      const before = state();
      await import(${JSON.stringify(entry)});
      // The loader closes the files that it has read a few turns later.
      const settled = () => String(state().resources) === String(before.resources);
      for (let turns = 0; turns < 100_000 && !settled(); turns++) await new Promise(setImmediate);
      console.log(JSON.stringify([before, state()]));
    `)) as [unknown, unknown];
    assert.deepEqual(after, before, entry);
  }
});

/** Collects what a program prints, until it says `text`. */
function until(child: ChildProcess, text: RegExp): Promise<RegExpExecArray> {
  let said = "";
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk;
      const match = text.exec(said);
      if (match !== null) resolve(match);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Ended with ${code} before it said ${text}: ${said}`)));
  });
}

const RUNTIMES = {
  Node: () => [process.execPath, "app.mjs"],
  Deno: () => [
    program("deno"),
    "run",
    "--allow-all",
    "--cached-only",
    "--node-modules-dir=manual",
    "app.mjs",
  ],
  Bun: () => [program("bun"), "run", "--no-install", "app.mjs"],
};

for (const [name, commandOf] of Object.entries(RUNTIMES)) {
  test(`an application runs on ${name}, from its first request to its end`, LIMIT, async (t) => {
    await cp(new URL("consumer-app.mjs", import.meta.url), join(consumer.folder, "app.mjs"));
    const [file = "", ...args] = commandOf();
    const child = spawn(file, args, { cwd: consumer.folder, env: environment() });
    t.after(() => child.kill("SIGKILL"));
    const exited = once(child, "exit");
    const port = Number((await until(child, /port (\d+)/))[1]);
    const hello = await fetch(`http://127.0.0.1:${port}/hello/oak`);
    assert.deepEqual([hello.status, await hello.json()], [200, { hello: "oak" }]);
    const reader = await RawClient.get(port, "/events", ["Last-Event-ID: 7"]);
    await reader.until("data: hello\n\n");
    assert.match(reader.head, /^content-type: text\/event-stream\r?$/im);
    assert.match(reader.text, /retry: 2000\n/);
    assert.match(reader.text, /event: count\nid: 8\ndata: \{"from":"7"\}\n\n/);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/end`)).text(), "ending");
    await reader.closed;
    assert.deepEqual(await exited, [0, null]);
  });
}

const RIGHT = `
import { createServer } from "node:http";
import { Application, Router, ServerSentEvent, type Middleware, type ServerSentEventTarget } from "dodona";
import { sendEvents } from "dodona/node";
import { ServerSentEventStreamTarget, StreamCloseError } from "dodona/sse";
import * as wire from "dodona/wire";

const greet: Middleware = async (ctx, next) => {
  await next();
  ctx.response.headers.set("x-greeting", "hello");
};
const router = new Router();
router.get("/users/:id", (ctx) => {
  const id: string | undefined = ctx.params.id;
  const target: ServerSentEventTarget = ctx.sendEvents({ retry: 1000 });
  const sent: boolean = target.dispatchEvent(new ServerSentEvent("user", { id }, { id: 1 }));
  void sent;
});
new Application().use(greet).use(router.routes());
createServer((request, response) => {
  const { signal } = sendEvents(request, response);
  signal.addEventListener("abort", () => console.log((signal.reason as StreamCloseError).code));
});
export const fetched = (request: Request): Response => new ServerSentEventStreamTarget({ request }).asResponse();
export type Wire = typeof wire;
`;

const WRONG = {
  "new ServerSentEvent(1)": 'import { ServerSentEvent } from "dodona";\nnew ServerSentEvent(1);\n',
  "an option of another type":
    'import { ServerSentEventStreamTarget } from "dodona/sse";\nnew ServerSentEventStreamTarget({ retry: "soon" });\n',
  "a response that is none": 'import { sendEvents } from "dodona/node";\nsendEvents({}, {});\n',
  "an entry that is none": 'import "dodona/dist/mod.js";\nexport * from "dodona/secret";\n',
};

/** Compiles one file of the project against the packed types, and gives what the compiler says. */
async function compile(name: string, source: string, more: readonly string[] = []): Promise<string> {
  await writeFile(join(consumer.folder, name), source);
  const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules", "@types")];
  const args = [
    "--strict",
    "--noEmit",
    "--module",
    "nodenext",
    "--target",
    "es2022",
    ...types,
    ...more,
    name,
  ];
  const options = { cwd: consumer.folder, env: environment() };
  const end = await run(program("tsc"), args, options).catch((error) => error);
  return `${end.stdout}${end.stderr}`.trim();
}

test("a user's TypeScript compiles against the packed types, libraries checked", LIMIT, async () => {
  assert.equal(await compile("right.ts", RIGHT, ["--skipLibCheck", "false"]), "");
  assert.equal(await compile("exact.ts", RIGHT, ["--exactOptionalPropertyTypes"]), "");
});

for (const [what, source] of Object.entries(WRONG)) {
  test(`the packed types refuse ${what}`, LIMIT, async () => {
    const said = await compile("wrong.ts", source);
    assert.match(said, /^wrong\.ts\(2,\d+\): error TS\d+/m);
  });
}

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const withoutChromium = existsSync(CHROMIUM) ? false : "Chromium is not installed";

test("a page finds the client by the import map of the guide", { skip: withoutChromium }, async (t) => {
  const guide = await readFile("docs/client.md", "utf8");
  const [, map = ""] = /(<script type="importmap">.*<\/script>)/.exec(guide) ?? [];
  const server = createServer(async ({ url = "" }, response) => {
    const [, file] = /^\/dodona\/([\w-]+\.js)$/.exec(url) ?? [];
    if (url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: from the build\n\n");
    } else if (file !== undefined) {
      const text = await readFile(join(consumer.installed, "dist/portable", file));
      response.writeHead(200, { "content-type": "text/javascript" }).end(text);
    } else {
      response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html>${map}`);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  t.after(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
  const data =
    await page.evaluate(`import("dodona/client").then(({ EventSource }) => new Promise((resolve) => {
    new EventSource("/events").onmessage = ({ data }) => resolve(data);
  }))`);
  assert.equal(data, "from the build");
});
