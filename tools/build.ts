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
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = `${ROOT}dist`;
/** Doors with code of their own, for who uses no application: in a browser, or in another framework. */
const OWN_DOORS: ReadonlySet<string> = new Set(["node", "sse", "wire"]);
/** The one file that all other doors lead to. */
const CORE = "chunks/core";

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
  chunkNames: "chunks/[name]-[hash]",
  outdir: DIST,
  legalComments: "none",
  sourcemap: true,
  metafile: true,
} satisfies BuildOptions;

/** Gives the names that each door exports. */
async function readExports(doors: readonly string[]): Promise<Map<string, string[]>> {
  const entryPoints = doors.map((door) => `src/${door}.ts`);
  const { metafile } = await build({ ...bundling, entryPoints, write: false });
  return new Map(
    Object.values(metafile.outputs).flatMap(({ entryPoint = "", exports }) => {
      const door = /^src\/([^/]+)\.ts$/.exec(entryPoint)?.[1];
      return door === undefined ? [] : [[door, exports]];
    }),
  );
}

/** Writes the code: the core and the doors with code of their own as bundles, the others as lists of names. */
async function writeCode(doors: readonly string[]): Promise<Metafile> {
  const thin = doors.filter((door) => !OWN_DOORS.has(door));
  const names = await readExports(thin);
  const sources = new Map<string, string>();
  for (const door of thin) for (const name of names.get(door) ?? []) sources.set(name, door);
  const lines = Array.from(sources, ([name, door]) => `export { ${name} } from "./src/${door}.ts";`);
  const core = `${ROOT}core.tmp.ts`;
  writeFileSync(core, lines.join("\n"));
  try {
    const entryPoints = Object.fromEntries([...OWN_DOORS].map((door) => [door, `src/${door}.ts`]));
    const { metafile } = await build({ ...bundling, entryPoints: { ...entryPoints, [CORE]: core } });
    for (const door of thin) writeThinDoor(door, names.get(door) ?? []);
    return metafile;
  } finally {
    rmSync(core);
  }
}

function writeThinDoor(door: string, names: readonly string[]): void {
  writeFileSync(`${DIST}/${door}.js`, `export { ${names.join(", ")} } from "./${CORE}.js";\n`);
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
const tsc = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace(/package\.json$/, "lib/tsc.js");
execFileSync(process.execPath, [tsc, "-p", `${ROOT}tsconfig.build.json`], { stdio: "inherit" });
const doors = readdirSync(`${ROOT}src`).flatMap((file) => /^(.+)\.ts$/.exec(file)?.[1] ?? []);
writeLicenses(await writeCode(doors));
