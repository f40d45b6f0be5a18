import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, truncate } from "node:fs/promises";
import { join, relative } from "node:path";
import { platform } from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { DiskFile, DiskRoot } from "../../src/app/disk-file.ts";
import { HttpError } from "../../src/http/http-error.ts";
import { CHANGED_MS, withTree } from "../support/file-tree.ts";
import { garbageCollector } from "../support/garbage.ts";
import { CANT_COUNT_FILES, countOpenFiles } from "../support/open-files.ts";

const decoder = new TextDecoder();

async function openFile(root: string | URL, ...segments: string[]): Promise<DiskFile> {
  const file = (await DiskRoot.at(root)).open(segments);
  assert.ok(file instanceof DiskFile, `${file}`);
  return file;
}

function hasStatus(status: number): (error: unknown) => boolean {
  return (error) => error instanceof HttpError && error.status === status;
}

test("a file tells its size and time, and is read by the slice", () =>
  withTree({ "sub/a.txt": "hello world" }, async (root) => {
    const file = await openFile(root, "sub", "a.txt");
    assert.deepEqual([file.size, file.mtimeMs], [11, CHANGED_MS]);
    assert.equal(decoder.decode(await file.read(0, 11)), "hello world");
    assert.equal(decoder.decode(await file.read(6, 3)), "wor");
    assert.equal((await file.read(0, 0)).byteLength, 0);
    file.close();
  }));

test("a file is read into memory that is given, and no further", () =>
  withTree({ "a.txt": "hello world" }, async (root) => {
    const file = await openFile(root, "a.txt");
    const memory = new Uint8Array(7).fill(33);
    await file.fill(memory.subarray(1, 6), 6);
    assert.equal(decoder.decode(memory), "!world!");
    await assert.rejects(file.fill(memory, 6), /Cannot read byte 11 of a file: it was cut off/);
    file.close();
    await assert.rejects(file.fill(memory, 0), /Cannot read byte 0 of a file: it is closed/);
  }));

test("a root may be relative, or a URL", () =>
  withTree({ "a b.txt": "hello" }, async (root) => {
    for (const same of [relative(process.cwd(), root), pathToFileURL(root), pathToFileURL(`${root}/`)]) {
      const file = await openFile(same, "a b.txt");
      file.close();
    }
    await assert.rejects(DiskRoot.at(new URL("http://host.test/")), TypeError);
  }));

test("what is not there, or is neither file nor folder, is nothing", { skip: platform === "win32" }, () =>
  withTree({ "a.txt": "a", loop: { link: "loop" } }, async (root) => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    const disk = await DiskRoot.at(root);
    for (const name of ["b.txt", "loop", "pipe", "x".repeat(1000)]) {
      assert.equal(disk.open([name]), undefined, name);
    }
    assert.equal(disk.open(["a.txt", "b"]), undefined);
    assert.equal(disk.open([]), "folder");
    assert.equal((await DiskRoot.at(join(root, "none"))).open(["a"]), undefined);
  }),
);

test("a name that no system takes is a 500 and names the cause", () =>
  withTree({}, async (root) => {
    const disk = await DiskRoot.at(root);
    assert.throws(
      () => disk.open(["a\0b"]),
      (error) => {
        assert.ok(error instanceof HttpError && error.cause instanceof Error);
        return error.status === 500 && !error.expose;
      },
    );
  }));

test("links are followed below the root only, or wherever they lead", () =>
  withTree(
    {
      "outside/secret.txt": "secret",
      "root-twin/secret.txt": "secret",
      "root/a.txt": "hello",
      "root/sub/b.txt": "hello",
      "root/inner": { link: "a.txt" },
      "root/folder": { link: "sub" },
      "root/out": { link: "../outside/secret.txt" },
      "root/out-folder": { link: "../outside" },
      "root/out-twin": { link: "../root-twin" },
      "root/dangling": { link: "nowhere" },
      "linked-root": { link: "root" },
    },
    async (base) => {
      const disk = await DiskRoot.at(join(base, "root"));
      const open = [["inner"], ["folder", "b.txt"], ["a.txt"]];
      const refused = [["out"], ["out-folder", "secret.txt"], ["out-twin", "secret.txt"]];
      for (const segments of open) {
        const file = disk.open(segments);
        assert.ok(file instanceof DiskFile, segments.join("/"));
        file.close();
      }
      for (const segments of refused)
        assert.throws(() => disk.open(segments), hasStatus(403), segments.join("/"));
      assert.equal(disk.open(["dangling"]), undefined);
      const following = await DiskRoot.at(join(base, "root"), "follow");
      for (const segments of [...open, ...refused]) {
        const file = following.open(segments);
        assert.ok(file instanceof DiskFile, segments.join("/"));
        file.close();
      }
      (await openFile(join(base, "linked-root"), "a.txt")).close();
      (await openFile(join(base, "linked-root"), "inner")).close();
    },
  ));

test("a file that was cut off is not read beyond its end", () =>
  withTree({ "a.txt": "hello world" }, async (root) => {
    const file = await openFile(root, "a.txt");
    await truncate(join(root, "a.txt"), 5);
    await assert.rejects(file.read(0, 11), /Cannot read byte 5 of a file: it was cut off/);
    file.close();
  }));

test("a file that became another has another version", () =>
  withTree({ "a.txt": "hello" }, async (root) => {
    const before = await openFile(root, "a.txt");
    const same = await openFile(root, "a.txt");
    await appendFile(join(root, "a.txt"), "!");
    const after = await openFile(root, "a.txt");
    assert.equal(before.version, same.version);
    assert.notEqual(before.version, after.version);
    for (const file of [before, same, after]) file.close();
  }));

test("nothing stays open that was not handed out, nor what was closed", { skip: CANT_COUNT_FILES }, () =>
  withTree({ "a.txt": "hello", "sub/b.txt": "b" }, async (root) => {
    const disk = await DiskRoot.at(root);
    disk.open(["sub"]);
    disk.open(["none"]);
    assert.equal(await countOpenFiles(root), 0);
    const file = await openFile(root, "a.txt");
    assert.equal(await countOpenFiles(root), 1);
    const reading = file.read(0, 5);
    file.close();
    file.close();
    // What is being read is read first.
    assert.equal(decoder.decode(await reading), "hello");
    file.close();
    assert.equal(await countOpenFiles(root), 0);
    await assert.rejects(file.read(0, 5));
  }),
);

test("a file that everybody forgot is closed with the garbage", { skip: CANT_COUNT_FILES }, () =>
  withTree({ "a.txt": "hello" }, async (root) => {
    const collect = garbageCollector();
    for (let count = 0; count < 20; count++) await openFile(root, "a.txt");
    while ((await countOpenFiles(root)) > 1) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }),
);

test("a file that was borrowed is closed when it is given back", { skip: CANT_COUNT_FILES }, () =>
  withTree({ "a.txt": "hello" }, async (root) => {
    const file = await openFile(root, "a.txt");
    const [giveBack, giveBackToo] = [file.borrow(), file.borrow()];
    assert.equal(file.closed, false);
    file.close();
    assert.equal(file.closed, true);
    giveBack();
    assert.equal(await countOpenFiles(root), 1);
    giveBackToo();
    assert.equal(await countOpenFiles(root), 0);
    file.close();
  }),
);
