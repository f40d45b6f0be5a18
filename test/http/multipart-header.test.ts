import assert from "node:assert/strict";
import { test } from "node:test";
import { httpErrors } from "../../src/http/http-error.ts";
import { type MultipartHeader, malformedForm, readMultipartHeader } from "../../src/http/multipart-header.ts";

function read(...lines: string[]): MultipartHeader {
  return readMultipartHeader(new TextEncoder().encode(lines.join("\r\n")));
}

const DISPOSITION = "Content-Disposition: form-data; ";

test("a field has a name, and is plain text unless it says otherwise", () => {
  const { name, filename, type } = read(`${DISPOSITION}name="a"`);
  assert.deepEqual([name, filename, type], ["a", undefined, "text/plain"]);
  assert.equal(read(`${DISPOSITION}name=a`, "Content-Type: application/json").type, "application/json");
});

test("a file has a file name, also an empty one", () => {
  assert.equal(read(`${DISPOSITION}name="a"; filename="b.txt"`).filename, "b.txt");
  assert.equal(read(`${DISPOSITION}name="a"; filename=""`).filename, "");
});

test("names are UTF-8, with the three escapes that browsers write", () => {
  const { name, filename } = read(`${DISPOSITION}name="%22%0D%0a%41%"; filename="día \\ 😀.txt"`);
  assert.deepEqual([name, filename], ['"\r\n%41%', "día \\ 😀.txt"]);
});

test("an extended file name counts before the other", () => {
  const { filename } = read(`${DISPOSITION}name="a"; filename="euro.txt"; filename*=UTF-8'en'%e2%82%ac.txt`);
  assert.equal(filename, "€.txt");
});

test("the headers are there, one character for each byte", () => {
  const { headers } = read(`${DISPOSITION}name="é"`, "X-Own:  more ");
  assert.equal(headers.get("x-own"), "more");
  assert.equal(headers.get("content-disposition"), 'form-data; name="Ã©"');
});

const malformed: [lines: string[], problem: string | RegExp][] = [
  [[""], 'a part has the malformed header ""'],
  [["Content-Type: text/plain"], 'a part has no "content-disposition"'],
  [["Content-Disposition: attachment; name=a"], /content-disposition" of a part is "attachment; name=a"/],
  [[`${DISPOSITION}name="a`], /content-disposition" of a part is /],
  [[`${DISPOSITION}filename="a"`], "a part has no name"],
  [[`${DISPOSITION}name=a`, "no colon"], 'a part has the malformed header "no colon"'],
  [[`${DISPOSITION}name=a`, " folded: line"], 'a part has the malformed header " folded"'],
  [[`${DISPOSITION}name=a`, "b\u00e9: c"], 'a part has the malformed header "b\u00e9"'],
  [[`${DISPOSITION}name=a`, "b: c\nd"], 'a part has the malformed header "b"'],
  [[`${DISPOSITION}name="a\0b"`], 'a part has the header "content-disposition" with a NUL'],
  [[`${DISPOSITION}name=a`, `${DISPOSITION}name=b`], 'a part has the header "content-disposition" twice'],
  [[`${DISPOSITION}name=a; filename*=UTF-8''%ff`], /extended file name "UTF-8''%ff"/],
  [[`${DISPOSITION}name=a; filename*=x`], /extended file name "x"/],
];
for (const [lines, problem] of malformed) {
  test(`${JSON.stringify(lines)} is malformed`, () => {
    assert.throws(
      () => read(...lines),
      (error) => {
        assert.ok(error instanceof httpErrors.BadRequest);
        if (typeof problem === "string") assert.equal(error.message, malformedForm(problem).message);
        else assert.match(error.message, problem);
        return true;
      },
    );
  });
}
