import assert from "node:assert/strict";
import { test } from "node:test";
import { collectFormData, toFormData } from "../../src/app/body-form-data.ts";
import { readMultipart } from "../../src/http/multipart.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

test("parts become fields and files, in their order", async () => {
  const body = [
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n',
    '--x\r\nContent-Disposition: form-data; name="f"; filename="é.txt"\r\nContent-Type: text/csv\r\n\r\na,b\r\n',
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n2\r\n',
    '--x\r\nContent-Disposition: form-data; name="none"; filename=""\r\n\r\n\r\n--x--',
  ];
  const form = await collectFormData(readMultipart(streamOf(body.map(bytesOf)), "x"));
  assert.deepEqual([...form.keys()], ["a", "f", "a", "none"]);
  assert.deepEqual(form.getAll("a"), ["1", "2"]);
  const file = form.get("f") as File;
  assert.deepEqual([file.name, file.type, await file.text()], ["é.txt", "text/csv", "a,b"]);
  const none = form.get("none") as File;
  assert.deepEqual([none.name, none.size], ["", 0]);
});

test("the fields of a plain form become fields", () => {
  const form = toFormData(new URLSearchParams("a=1&b=2&a=3"));
  assert.deepEqual([form.getAll("a"), form.get("b")], [["1", "3"], "2"]);
});
