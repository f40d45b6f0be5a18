import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** When each file of a tree was last changed: long ago, in the middle of a second. */
export const CHANGED_MS: number = Date.UTC(2024, 0, 2, 3, 4, 5, 500);

/** Content, or where a symbolic link leads. */
export type TreeFile = string | Uint8Array | { link: string };

/** Makes a folder that holds `files`, by path; it is gone when `use` is through. */
export async function withTree(
  files: Readonly<Record<string, TreeFile>>,
  use: (root: string) => unknown,
): Promise<void> {
  // The temporary folder may itself be behind a link.
  const root = await realpath(await mkdtemp(join(tmpdir(), "dodona-")));
  try {
    for (const [name, file] of Object.entries(files)) await write(join(root, name), file);
    await use(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

async function write(path: string, file: TreeFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (typeof file === "object" && "link" in file) return symlink(file.link, path);
  await writeFile(path, file);
  await utimes(path, CHANGED_MS / 1000, CHANGED_MS / 1000);
}
