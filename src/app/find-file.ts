/**
 * Finds the file that a path means: itself or its compressed twin, with an extension, or a folder's index.
 *
 * @module
 */

import { preferCodings } from "../http/coding-preference.ts";
import { safePath } from "../http/safe-path.ts";
import { type DiskFile, DiskRoot, type SymbolicLinks } from "./disk-file.ts";

/** Which files are found, and by which paths. */
export interface FindFileOptions {
  /** The folder below which files are served; relative to the working directory, or a `file:` URL. */
  root: string | URL;
  /** Whether `name.br` is sent for `name` to a client that takes it. @default true */
  brotli?: boolean | undefined;
  /** Whether `name.gz` is sent for `name` to a client that takes it. @default true */
  gzip?: boolean | undefined;
  /** Whether `name.zst` is sent for `name` to a client that takes it. @default true */
  zstd?: boolean | undefined;
  /** Extensions that are tried, in this order, for a path that has none. @default [] */
  extensions?: readonly string[] | undefined;
  /** Whether the path of a folder means its index also without a slash at its end. @default true */
  format?: boolean | undefined;
  /**
   * Whether names that begin with a dot may be asked for, anywhere in the path; `"well-known"` lets through
   * `/.well-known/` only. The root itself may be hidden.
   *
   * @default false
   */
  hidden?: boolean | "well-known" | undefined;
  /** The file that stands for its folder, such as `index.html`. None by default. */
  index?: string | undefined;
  /**
   * Whether symbolic links are followed wherever they lead, or only to places below the root.
   *
   * @default "inside"
   */
  symlinks?: SymbolicLinks | undefined;
}

/** An open file, and how it was found. */
export interface FoundFile {
  readonly file: DiskFile;
  /** Its path on the disk. */
  readonly path: string;
  /** That of the content, with its dot; empty for none. */
  readonly extension: string;
  /** How it is encoded, if it is. */
  readonly coding: Coding | undefined;
}

/** Which codings a client takes. */
export interface CodingChoice {
  readonly headers: Headers;
  acceptsEncodings(...encodings: string[]): unknown;
}

/** The content codings of compressed twins. */
export type Coding = "br" | "zstd" | "gzip";

const EXTENSION_OF: Readonly<Record<Coding, string>> = { br: ".br", zstd: ".zst", gzip: ".gz" };

/** The codings of the twins that `options` lets be sent, the smallest first. */
export function codingsOf({ brotli = true, zstd = true, gzip = true }: FindFileOptions): Coding[] {
  const codings: Coding[] = [];
  if (brotli) codings.push("br");
  if (zstd) codings.push("zstd");
  if (gzip) codings.push("gzip");
  return codings;
}

/**
 * Opens the file that `path`, as it stands in a URL, means. `"folder"` for one of which no index is asked for;
 * `undefined` where nothing is.
 *
 * Rejects with an `HttpError` for a path that is malformed or must not be asked for, as `safePath` does, for a
 * link out of the root with 403, and when the system refuses with 500.
 */
export async function findFile(
  path: string,
  options: FindFileOptions,
  choice: CodingChoice,
): Promise<FoundFile | "folder" | undefined> {
  const { format = true, hidden, index } = options;
  const root = await DiskRoot.at(options.root, options.symlinks);
  const { segments, folder } = safePath(path, { hidden, windows: root.isWindows });
  const accepted = acceptedCodings(options, choice);
  if (folder && index !== undefined) return openTwin(root, [...segments, index], accepted);
  const found = folder
    ? openPlain(root, segments)
    : openFirst(root, withExtensions(segments, options.extensions), accepted);
  if (found === "folder" && format && index !== undefined) {
    return openTwin(root, [...segments, index], accepted);
  }
  // What has a slash at its end is no file.
  if (!folder || found === "folder" || found === undefined) return found;
  found.file.close();
  return undefined;
}

function acceptedCodings(options: FindFileOptions, choice: CodingChoice): Coding[] {
  const header = choice.headers.get("accept-encoding");
  // Who says nothing gets the file itself.
  if (header === null) return [];
  return preferCodings(header, codingsOf(options), (...codings) => choice.acceptsEncodings(...codings));
}

function withExtensions(segments: string[], extensions: readonly string[] = []): string[][] {
  const name = segments.at(-1) ?? "";
  if (name === "" || name.includes(".")) return [segments];
  const names = extensions.map((extension) => `${name}.${extension.replace(/^\./, "")}`);
  return [...names, name].map((candidate) => [...segments.slice(0, -1), candidate]);
}

function openFirst(
  root: DiskRoot,
  candidates: string[][],
  accepted: Coding[],
): FoundFile | "folder" | undefined {
  for (const [index, segments] of candidates.entries()) {
    const found = openTwin(root, segments, accepted);
    const isLast = index === candidates.length - 1;
    if (found !== undefined && (found !== "folder" || isLast)) return found;
  }
  return undefined;
}

/** Opens the best of the compressed twins that are there, else what has the name itself. */
function openTwin(root: DiskRoot, segments: string[], accepted: Coding[]): FoundFile | "folder" | undefined {
  const name = segments.at(-1);
  if (name === undefined) return openPlain(root, segments);
  for (const coding of accepted) {
    const twin = [...segments.slice(0, -1), name + EXTENSION_OF[coding]];
    const file = root.open(twin);
    if (file !== undefined && file !== "folder") {
      return { file, path: root.pathOf(twin), extension: extensionOf(name), coding };
    }
  }
  return openPlain(root, segments);
}

function openPlain(root: DiskRoot, segments: string[]): FoundFile | "folder" | undefined {
  const file = root.open(segments);
  if (file === undefined || file === "folder") return file;
  return {
    file,
    path: root.pathOf(segments),
    extension: extensionOf(segments.at(-1) ?? ""),
    coding: undefined,
  };
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot) : "";
}
