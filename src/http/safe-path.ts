/**
 * From the path of a URL to the names of folders and a file that lie below a root, whatever a client sends.
 *
 * @module
 */

import { createHttpError } from "./http-error.ts";

/** Which paths are let through. */
export interface SafePathOptions {
  /**
   * Whether names that begin with a dot may be asked for; `"well-known"` is for a first one of `.well-known` only.
   *
   * @default false
   * @see RFC 8615, section 3
   */
  hidden?: boolean | "well-known" | undefined;
  /** Whether the names must be such that Windows takes them for no device, stream or other name of a file. */
  windows?: boolean | undefined;
}

/** A path that leads nowhere but below the root. */
export interface SafePath {
  /** Decoded; none is empty, `.` or `..`, or holds a separator. */
  readonly segments: string[];
  /** Whether it ends like that of a folder. */
  readonly folder: boolean;
}

/** What Windows reads as a stream, a short name, a device, or a shorter name. */
const WINDOWS_TRAP = /[<>:"|?*]|~\d|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Decodes `path`, once and wholly, and resolves its `.` and `..`. One slash before it is the root's.
 *
 * Throws an `HttpError`: 400 for malformed encoding, a NUL, a backslash, or a second slash at the beginning; 403 for
 * a path that would leave the root on its way, and for a hidden name; 404 for a name that no file can bear, such as
 * one with an encoded slash.
 */
export function safePath(path: string, { hidden = false, windows = false }: SafePathOptions = {}): SafePath {
  const relative = path.startsWith("/") ? path.slice(1) : path;
  if (relative.startsWith("/")) throw createHttpError(400, "Malicious Path");
  const names = relative.split("/").map(decode);
  const segments: string[] = [];
  for (const name of names) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (segments.pop() === undefined) throw createHttpError(403);
      continue;
    }
    if (name.startsWith(".") && !isShown(name, hidden, segments.length)) throw createHttpError(403);
    if (windows && WINDOWS_TRAP.test(name)) throw createHttpError(404);
    segments.push(name);
  }
  return { segments, folder: ["", ".", ".."].includes(names.at(-1) ?? "") };
}

function decode(segment: string): string {
  const name = segment.includes("%") ? decodePercent(segment) : segment;
  // What the URL has for a separator is one; what a file system has for one must not be.
  if (name.includes("/")) throw createHttpError(404);
  if (/[\0\\]/.test(name)) throw createHttpError(400, "Malicious Path");
  return name;
}

function decodePercent(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw createHttpError(400, "Failed to decode");
  }
}

function isShown(name: string, hidden: boolean | "well-known", depth: number): boolean {
  return hidden === "well-known" ? depth === 0 && name === ".well-known" : hidden;
}
