/**
 * A small tree that keeps every law, for tests that break one of them.
 *
 * @module
 */

import { findBreaches } from "../../tools/laws.ts";

const MANIFEST = {
  exports: {
    ".": { "dodona-source": "./src/mod.ts", types: "./dist/mod.d.ts", default: "./dist/mod.js" },
    "./package.json": "./package.json",
  },
  dependencies: { mrmime: "^2.0.1" },
  peerDependencies: { "@nats-io/jetstream": "*" },
};

const LAWFUL: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify(MANIFEST, null, 2),
  "src/mod.ts": '/** The door. @module */\nexport { frame } from "./wire/frame.ts";\n',
  "src/wire/frame.ts": moduleOf("/** A frame. */\nexport const frame = 1;"),
  "test/wire/frame.test.ts": "",
};

/** A module's text under a lawful first comment, so that `body` begins on line 2. */
export function moduleOf(body: string): string {
  return `/** Something. @module */\n${body}\n`;
}

/**
 * Puts files into the lawful tree and lists the breaches as `path:line: law`.
 *
 * A file of a room gets its test; a file of `src/` gets its first comment, unless its text begins with one.
 */
export function breachesWith(changes: Readonly<Record<string, string>>): string[] {
  return messagesWith(changes).map((message) => message.split(": ", 2).join(": "));
}

/** The same, with what each breach says. */
export function messagesWith(changes: Readonly<Record<string, string>>): string[] {
  const files = new Map(Object.entries(LAWFUL));
  for (const [path, text] of Object.entries(changes)) {
    files.set(path, path.startsWith("src/") && !text.startsWith("/*") ? moduleOf(text) : text);
    if (/^src\/.*\/.*\.ts$/.test(path)) {
      files.set(path.replace(/^src/, "test").replace(/\.ts$/, ".test.ts"), "");
    }
  }
  return findBreaches(files).map(({ path, line, law, message }) => `${path}:${line}: ${law}: ${message}`);
}
