/**
 * Builds the package into `dist/`: types file for file, and code in as few files as can be, so that a program
 * that imports it starts fast.
 *
 * ```sh
 * npm run build
 * ```
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = `${ROOT}dist`;
/** The bundle that a door leads to, unless it is the core. */
const BUNDLE_OF_DOOR: Readonly<Record<string, string>> = {
  channel: "channel",
  client: "client",
  nats: "nats",
  node: "node",
  redis: "redis",
  sse: "events",
  wire: "wire",
};

/** The files of the bundle `events`. */
const EVENTS = /[\\/](?:sse|wire)[\\/](?!(?:de|en)code-stream)[\w-]+\.ts$/;

const bundling = {
  absWorkingDir: ROOT,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Loaded by the first WebSocket, and by nobody else.
  external: ["ws"],
  conditions: ["dodona-source"],
  chunkNames: "chunk-[hash]",
  legalComments: "none",
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: true,
  sourcesContent: false,
  // A package that is linked to is named by its link, and not by where that leads on this machine.
  preserveSymlinks: true,
  metafile: true,
} satisfies BuildOptions;

/**
 * Leaves the rooms of the event stream to their own bundle, so that all bundles have the same classes. The streams of
 * `wire/` are not in it: Node would load its web streams for them.
 */
const eventsApart: Plugin = {
  name: "events apart",
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ path, importer, resolveDir }) => {
      const inside = EVENTS.test(join(resolveDir, path));
      const from = EVENTS.test(importer) || importer.endsWith("events.tmp.ts");
      return inside && !from ? { path: "./events.js", external: true } : undefined;
    });
  },
};

/** Leaves the concepts of HTTP that a channel needs to the core, which has the same classes. */
const httpApart: Plugin = {
  name: "http apart",
  setup({ onResolve }) {
    onResolve({ filter: /\/http\/[\w-]+\.ts$/ }, ({ importer }) =>
      /[\\/]src[\\/]channel[\\/]/.test(importer) ? { path: "./core.js", external: true } : undefined,
    );
  },
};

/** Puts the application that has Node's server in the place of the one that loads the server of its runtime. */
const nodeApplication: Plugin = {
  name: "node application",
  setup({ onLoad }) {
    onLoad({ filter: /runtime-application\.ts$/ }, () => ({
      contents: 'export { NodeApplication as RuntimeApplication } from "./node-application.ts";',
      resolveDir: `${ROOT}src/servers`,
    }));
  },
};

/** Gives the names that each door exports. */
async function readExports(doors: readonly string[]): Promise<Map<string, string[]>> {
  const entryPoints = doors.map((door) => `src/${door}.ts`);
  const { metafile } = await build({ ...bundling, entryPoints, outdir: DIST, write: false });
  return new Map(
    Object.values(metafile.outputs).flatMap(({ entryPoint = "", exports }) => {
      const door = /^src\/([^/]+)\.ts$/.exec(entryPoint)?.[1];
      return door === undefined ? [] : [[door, exports]];
    }),
  );
}

/**
 * Writes the code twice: for Node as one file a bundle, with Node's server in it, and for all others in pieces, of
 * which the application loads the server of the runtime that it is on. A door is a list of names; the conditions of
 * `imports` in package.json say of which of the two.
 */
async function writeCode(doors: readonly string[]): Promise<Metafile> {
  const names = await readExports(doors);
  const sources = new Map<string, Map<string, string>>();
  for (const door of doors) {
    const bundle = BUNDLE_OF_DOOR[door] ?? "core";
    const own = names.get(door) ?? [];
    const known = sources.get(bundle) ?? new Map<string, string>();
    for (const name of own) known.set(name, `./src/${door}.ts`);
    sources.set(bundle, known);
    writeFileSync(`${DIST}/${door}.js`, `export { ${own.join(", ")} } from "#${bundle}";\n`);
  }
  const texts = new Map(Array.from(sources, ([bundle, known]) => [bundle, exportEach(known)]));
  await writeBundles(texts, { outdir: `${DIST}/portable` });

  texts.set("events", exportEvents());
  const metafiles = Array.from(texts, ([name, text]) =>
    writeBundles(new Map([[name, text]]), {
      plugins: [eventsApart, httpApart, nodeApplication],
      outdir: `${DIST}/node`,
    }),
  );
  return (await Promise.all(metafiles))[0] as Metafile;
}

function exportEach(sources: ReadonlyMap<string, string>): string {
  return Array.from(sources, ([name, path]) => `export { ${name} } from "${path}";`).join("\n");
}

function exportEvents(): string {
  const paths = ["sse", "wire"].flatMap((room) =>
    readdirSync(`${ROOT}src/${room}`).map((file) => `./src/${room}/${file}`),
  );
  return paths.flatMap((path) => (EVENTS.test(path) ? `export * from "${path}";` : [])).join("\n");
}

/** Writes bundles of the sources `texts`, by name. */
async function writeBundles(texts: ReadonlyMap<string, string>, options: BuildOptions): Promise<Metafile> {
  const entryPoints = Object.fromEntries(Array.from(texts.keys(), (name) => [name, `${ROOT}${name}.tmp.ts`]));
  try {
    for (const [name, text] of texts) writeFileSync(entryPoints[name] ?? "", text);
    return (await build({ ...bundling, ...options, entryPoints, metafile: true })).metafile;
  } finally {
    for (const path of Object.values(entryPoints)) rmSync(path, { force: true });
  }
}

/** Writes the licenses of the packages whose code became part of the bundles. */
function writeLicenses({ inputs }: Metafile): void {
  const packages = new Set(
    Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  );
  const texts = [...packages].sort().map((name) => {
    const folder = `${ROOT}node_modules/${name}`;
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`Cannot bundle "${name}": it has no license file`);
    return `${name}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
  });
  writeFileSync(`${DIST}/THIRD-PARTY-LICENSES.txt`, texts.join(`\n${"-".repeat(80)}\n\n`));
}

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST);
const tsc = fileURLToPath(new URL("lib/tsc.js", import.meta.resolve("typescript/package.json")));
execFileSync(process.execPath, [tsc, "-p", `${ROOT}tsconfig.build.json`], { stdio: "inherit" });
const doors = readdirSync(`${ROOT}src`).flatMap((file) => /^(.+)\.ts$/.exec(file)?.[1] ?? []);
writeLicenses(await writeCode(doors));
