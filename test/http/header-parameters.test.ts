import assert from "node:assert/strict";
import { test } from "node:test";
import { parseParameters } from "../../src/http/header-parameters.ts";

const parsed: [header: string, value: string, parameters: Record<string, string>][] = [
  ["text/html", "text/html", {}],
  [" Text/HTML ; Charset=UTF-8", "text/html", { charset: "UTF-8" }],
  ['multipart/form-data; boundary="a b;c"', "multipart/form-data", { boundary: "a b;c" }],
  ["a;b=1;c=;;d=2;", "a", { b: "1", c: "", d: "2" }],
  ['form-data; name="a\\b"; filename="C:\\dir\\"', "form-data", { name: "a\\b", filename: "C:\\dir\\" }],
  ['form-data; name="say \\"hi\\" to"; x="\\""', "form-data", { name: 'say "hi" to', x: '"' }],
  ["form-data; filename*=UTF-8''%e2%82%ac", "form-data", { "filename*": "UTF-8''%e2%82%ac" }],
  ['form-data; name="Δωδώνη"; __proto__=x', "form-data", { name: "Δωδώνη", ["__proto__"]: "x" }],
  ["", "", {}],
];
for (const [header, value, parameters] of parsed) {
  test(`reads ${JSON.stringify(header)}`, () => {
    const result = parseParameters(header);
    assert.equal(result?.value, value);
    assert.deepEqual([...(result?.parameters ?? [])], Object.entries(parameters));
  });
}

for (const header of ['a; b="open', "a; b", 'a; b="x"y', "a; b=1; B=2", 'a; b=x"y', "a; =b", "a; b c=d"]) {
  test(`${header} is malformed`, () => assert.equal(parseParameters(header), undefined));
}

test("a long header is malformed like a short one", () => {
  for (const part of ["; ", ' \\"', '\\" ', "\\", ";=", 'a="', "\t;"]) {
    const header = `a; b="${part.repeat(100_000)}`;
    // An escaped quote does not end the text, and the next one does.
    assert.equal(parseParameters(header) === undefined, !/ \\"|\\" /.test(part), part);
    assert.equal(parseParameters(`a;${part.repeat(100_000)}"`), undefined);
  }
});
