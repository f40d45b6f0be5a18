import { readdir, readlink } from "node:fs/promises";
import { platform } from "node:process";

/** Why a test that counts open files can't run here; `false` where it can. */
export const CANT_COUNT_FILES: string | false =
  platform === "linux" ? false : "only Linux tells which files a process has open";

/** How many files below `root` this process has open. */
export async function countOpenFiles(root: string): Promise<number> {
  const descriptors = await readdir("/proc/self/fd");
  const paths = await Promise.all(
    // The one with which the folder was read is closed by now.
    descriptors.map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => "")),
  );
  return paths.filter((path) => path.startsWith(root)).length;
}

/** More looks than any closing takes. */
const MOST_LOOKS = 5000;

/** Resolves when this process has no file below `root` open: looks again after each turn of the event loop. */
export async function noneOpen(root: string): Promise<void> {
  for (let looks = 0; (await countOpenFiles(root)) > 0; looks++) {
    if (looks === MOST_LOOKS) throw new Error(`${await countOpenFiles(root)} files stay open`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
