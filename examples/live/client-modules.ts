/**
 * The client as a browser takes it: module by module, without a bundle. Those of the source lose their types on the way.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

/** Each module that the client is made of: its path from the entry's folder, and its text as JavaScript. */
export async function loadClientModules(): Promise<Map<string, string>> {
  const entry = new URL(import.meta.resolve("dodona/client"));
  const folder = new URL(".", entry).href;
  const modules = new Map<string, string>();
  // What is imported is added while it is gone through.
  const urls = new Set([entry.href]);
  for (const href of urls) {
    const { code } = await transform(await readFile(new URL(href), "utf8"), { loader: "ts" });
    modules.set(href.slice(folder.length), code);
    for (const [, path = ""] of code.matchAll(/\bfrom "(\.[^"]+)"/g)) urls.add(new URL(path, href).href);
  }
  return modules;
}
