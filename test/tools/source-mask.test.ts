// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are source text
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maskSource } from "../../tools/source-mask.ts";

/** Masks a text, checks that its length and lines hold, and shortens runs of spaces. */
function mask(source: string): string {
  const { text } = maskSource(source);
  assert.equal(text.length, source.length);
  assert.deepEqual(
    [...text.matchAll(/\n/g)].map(({ index }) => index),
    [...source.matchAll(/\n/g)].map(({ index }) => index),
  );
  return text.replace(/ +/g, " ").trim();
}

describe("maskSource", () => {
  const cases: readonly (readonly [name: string, source: string, expected: string])[] = [
    ["keeps code", "const a = b / c;", "const a = b / c;"],
    ["blanks a line comment", 'a; // import "x"\nb;', "a; \nb;"],
    ["blanks a block comment over lines", "a; /* {\n } */ b;", "a; \n b;"],
    ["blanks a first line for the shell", "#!/usr/bin/env node\na;", "a;"],
    ["does not nest block comments", "/* /* */ a;", "a;"],
    ["blanks braces in strings", `f("{", '}');`, `f(" ", ' ');`],
    ["passes escaped quotes", String.raw`f("\"{", '\\');`, `f(" ", ' ');`],
    ["ends an unclosed string with its line", 'f("{\n}', 'f(" \n}'],
    ["sees no comment in a string", 'f("// a", "/* b");', 'f(" ", " ");'],
    ["sees no string in a comment", "// don't\na;", "a;"],
    ["blanks a template", "f(`{ // ' \\` `);", "f(` `);"],
    ["keeps the code in a template", "f(`{${a}}`);", "f(` (a) `);"],
    ["keeps code in nested templates", "f(`a${b(`c${d}e`)}f`); g", "f(` (b(` (d) `)) `); g"],
    ["keeps objects in templates", "`${f({ a: {} })}`;", "` (f({ a: {} }))`;"],
    ["blanks quotes in a regular expression", `a = /["'\`]/g; b`, "a = / / ; b"],
    ["passes a slash in a class", "a.match(/[/]{/); b", "a.match(/ /); b"],
    ["passes an escaped slash", String.raw`a.match(/\/{/); b`, "a.match(/ /); b"],
    ["reads a slash after return as a literal", "return /'/;", "return / /;"],
    ["reads a slash after a condition as a literal", "if (a) /'/.test(b);", "if (a) / /.test(b);"],
    ["reads a slash after a block as a literal", "}\n/'/.test(b);", "}\n/ /.test(b);"],
    ["reads a slash after a call as a division", "f(a) / 2; g('{') / 1;", "f(a) / 2; g(' ') / 1;"],
    ["reads a slash after a property as a division", "a.return / 2; b / '{';", "a.return / 2; b / ' ';"],
    ["reads a slash after ++ as a division", "a++ / 2; b / '{';", "a++ / 2; b / ' ';"],
    ["reads a slash after a non-null mark as a division", "a! / 2; b / '{';", "a! / 2; b / ' ';"],
    ["reads a slash after a template as a division", "`${a}` / 2; b / '{';", "` (a)` / 2; b / ' ';"],
  ];
  for (const [name, source, expected] of cases) {
    it(name, () => assert.equal(mask(source), expected));
  }

  it("gives the comments' places", () => {
    const source = "/** a */ b; // c\n'/* d */'";
    const { comments } = maskSource(source);
    assert.deepEqual(
      comments.map(({ start, end }) => source.slice(start, end)),
      ["/** a */", "// c"],
    );
  });
});
