/**
 * The package as a stranger gets it: packed by npm, unpacked into a project of its own.
 *
 * Nothing of it happens in the checkout, neither the build nor the project: both live in temporary folders, and
 * what they need of `node_modules` is copied or linked package by package.
 *
 * @module
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The folder of the checkout, without a slash at its end. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** What the build needs: its tools, what goes into the bundles, and the types of both. */
const BUILD_PACKAGES: readonly string[] = [
  ...["typescript", "tsx", "esbuild"],
  ...["content-type", "cookie", "mrmime", "negotiator", "path-to-regexp", "ua-parser-js", "ws"],
  ...["@types/negotiator", "@types/node", "@types/ua-parser-js", "@types/ws"],
];

/** What `npm pack` tells of its tarball. */
export interface Tarball {
  path: string;
  sizeBytes: number;
  unpackedBytes: number;
  /** Paths inside the package, sorted. */
  files: string[];
  /** The temporary folder in which the package was built. */
  builtIn: string;
}

/** A project that has the package installed. */
export interface Consumer {
  folder: string;
  /** The unpacked package. */
  installed: string;
}

/** Makes a temporary folder; its real path, since runtimes resolve links. */
export async function temporaryFolder(name: string): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), `dodona-${name}-`)));
}

/** Builds a copy of the checkout, as `prepack` does, and packs it into `folder`, without the network. */
export async function packPackage(folder: string): Promise<Tarball> {
  const builtIn = join(folder, "build");
  await mkdir(builtIn);
  const names = [
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
  ];
  for (const name of names) await cp(join(ROOT, name), join(builtIn, name));
  await cp(join(ROOT, "src"), join(builtIn, "src"), { recursive: true });
  await mkdir(join(builtIn, "tools"));
  await cp(join(ROOT, "tools", "build.ts"), join(builtIn, "tools", "build.ts"));
  await linkPackages(builtIn, BUILD_PACKAGES);
  const { stdout } = await run("npm", ["pack", "--json", "--offline", "--pack-destination", folder], {
    cwd: builtIn,
    env: { ...process.env, npm_config_cache: join(folder, "cache"), npm_config_update_notifier: "false" },
  });
  return { ...readReport(stdout, folder), builtIn };
}

/** Makes a project in `folder` with the unpacked `tarball` and its dependencies. */
export async function installPackage(tarball: Tarball, folder: string): Promise<Consumer> {
  const installed = join(folder, "node_modules", "dodona");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", tarball.path, "-C", installed, "--strip-components=1"]);
  const { dependencies = {} } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    await cp(join(ROOT, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
  }
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  return { folder, installed };
}

/**
 * Links packages of the checkout into a project, each by itself: a linked folder of many packages would let a
 * package manager that runs in the project change the checkout.
 */
export async function linkPackages(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const link = join(folder, "node_modules", name);
    await mkdir(join(link, ".."), { recursive: true });
    await symlink(await realpath(join(ROOT, "node_modules", name)), link, "dir");
  }
}

/** Removes a temporary folder; the links in it are removed, and not what they lead to. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** The files below `folder`, by their paths from it, sorted. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** npm gives a list before version 11, and an object by names since. */
function readReport(stdout: string, folder: string): Omit<Tarball, "builtIn"> {
  const [report] = Object.values<Record<string, unknown>>(JSON.parse(stdout.slice(stdout.search(/^[[{]/m))));
  assert.ok(report !== undefined, "npm packed nothing");
  return {
    path: join(folder, String(report.filename)),
    sizeBytes: Number(report.size),
    unpackedBytes: Number(report.unpackedSize),
    files: (report.files as { path: string }[]).map(({ path }) => path).sort(),
  };
}
