import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a block may use without declaring it. */
const PRELUDE = `
declare const app: import("dodona").Application;
declare const router: import("dodona").Router;
declare const ctx: import("dodona").Context;
declare const target: import("dodona").ServerSentEventStreamTarget;
declare const channel: import("dodona/channel").Channel;
`;

/** What else a block may import. */
const PACKAGES = ["@types", "@nats-io", "ioredis", "redis"];

const OPTIONS = {
  compilerOptions: {
    target: "ES2023",
    lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    types: ["node"],
    module: "NodeNext",
    customConditions: ["dodona-source"],
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
  },
  include: ["*.ts"],
};

/** A piece of TypeScript in a guide. */
export interface GuideBlock {
  /** The guide, from the project's root. */
  guide: string;
  /** The line of the guide on which the code begins. */
  line: number;
  code: string;
}

/** The guides, from the project's root: what a reader is led to first, and all of `docs/` that teaches. */
export async function listGuides(): Promise<string[]> {
  const docs = await readdir(join(ROOT, "docs"));
  return ["README.md", ...docs.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
}

/** Reads a file, by its path from the project's root. */
export function readFromRoot(path: string): Promise<string> {
  return readFile(join(ROOT, path), "utf8");
}

/** The TypeScript of a guide. A block whose fence says `ts ignore` is none. */
export function findBlocks(guide: string, text: string): GuideBlock[] {
  const blocks: GuideBlock[] = [];
  for (const match of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    const line = text.slice(0, match.index).split("\n").length + 1;
    blocks.push({ guide, line, code: match[1] ?? "" });
  }
  return blocks;
}

/**
 * Compiles each block as a module of its own, which sees what the blocks before it in the same guide have imported.
 * Gives what the compiler complains of, each with the place in the guide; nothing when all is well.
 */
export async function compileBlocks(blocks: readonly GuideBlock[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "dodona-guides-"));
  try {
    await mkdir(join(folder, "node_modules"));
    await symlink(ROOT, join(folder, "node_modules/dodona"), "dir");
    for (const name of PACKAGES) {
      await symlink(join(ROOT, "node_modules", name), join(folder, "node_modules", name), "dir");
    }
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(OPTIONS));
    await writeFile(join(folder, "prelude.d.ts"), PRELUDE);
    for (const [index, block] of blocks.entries()) {
      const imports = inheritedImports(blocks, block);
      // On the line of the first statement, so that the compiler counts as the guide does.
      await writeFile(join(folder, `block${index}.ts`), `${imports} ${block.code}\nexport {};\n`);
    }
    const output = await run("node_modules/.bin/tsc", ["-p", folder, "--pretty", "false"]);
    return output.split("\n").flatMap((line) => {
      const match = /block(\d+)\.ts\((\d+),\d+\): (.*)/.exec(line);
      if (match === null) return /error/.test(line) ? [line] : [];
      const { guide, line: first } = blocks[Number(match[1])] as GuideBlock;
      return [`${guide}:${first + Number(match[2]) - 1}: ${match[3]}`];
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The imports of the blocks before one, but for the names that it imports or declares itself. */
function inheritedImports(blocks: readonly GuideBlock[], block: GuideBlock): string {
  const inherited = new Map<string, string>();
  for (const { guide, line, code } of blocks) {
    if (guide !== block.guide || line >= block.line) continue;
    for (const [, names = "", from] of code.matchAll(/^import (\w+|\{[^}]*\}) from "([^"]+)";$/gm)) {
      if (!names.startsWith("{")) inherited.set(names, `import ${names} from "${from}";`);
      for (const name of /^\{(.*)\}$/s.exec(names)?.[1]?.split(",") ?? []) {
        if (name.trim() !== "") inherited.set(name.trim(), `import { ${name} } from "${from}";`);
      }
    }
  }
  const isOwn = (name: string) =>
    new RegExp(`^import [^;]*\\b${name}\\b[^;]*from|(?:class|const|function) ${name}\\b`, "m").test(
      block.code,
    );
  return Array.from(inherited, ([name, line]) => (isOwn(name.replace(/^type /, "")) ? "" : line)).join(" ");
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", () => resolve(output));
  });
}
