import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { compileBlocks, findBlocks, listGuides, readFromRoot } from "./guide-blocks.ts";

test("what the guides show compiles", async () => {
  const guides = await listGuides();
  const blocks = [];
  for (const guide of guides) blocks.push(...findBlocks(guide, await readFromRoot(guide)));
  assert.ok(blocks.length > 40, `${blocks.length} blocks were found`);
  assert.deepEqual(await compileBlocks(blocks), []);
});

test("what a guide shows wrongly is found, and where", async () => {
  const guide = [
    "# A guide",
    "```ts",
    'import { Router } from "dodona";',
    "```",
    "```ts ignore",
    "nonsense",
    "```",
    "```ts",
    "const own = new Router();",
    'own.get("/:id", (ctx) => ctx.params.name);',
    "```",
  ].join("\n");
  const errors = await compileBlocks(findBlocks("guide.md", guide));
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? "", /^guide\.md:10: error TS2339: Property 'name' does not exist/);
});

test("no link of a guide leads to nothing", async () => {
  for (const guide of [...(await listGuides()), "examples/README.md"]) {
    const text = await readFromRoot(guide);
    for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const file = new URL(`../../${guide.replace(/[^/]*$/, "")}${target}`, import.meta.url);
      assert.ok(existsSync(file), `${guide} leads to ${target}`);
    }
  }
});

test("every example is in the list of examples", async () => {
  const list = await readFromRoot("examples/README.md");
  const files = await readdir(fileURLToPath(new URL("../../examples", import.meta.url)));
  for (const file of files.filter((name) => name.endsWith(".ts"))) {
    assert.ok(list.includes(`(${file})`), `${file} is missing`);
  }
});
