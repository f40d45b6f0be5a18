import assert from "node:assert/strict";
import { test } from "node:test";
import { type BodyType, classifyBody } from "../../src/app/body-type.ts";

const known: Record<BodyType, (string | null)[]> = {
  binary: ["image/png", "image/svg+xml", "audio/mpeg", "video/mp4", "application/octet-stream"],
  form: ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8"],
  "form-data": ["multipart/form-data; boundary=x"],
  json: [
    "application/json",
    "Application/JSON ; charset=utf-8",
    "application/vnd.api+json",
    "application/csp-report",
  ],
  text: ["text/plain", "text/html", "text/csv; header=present"],
  unknown: [null, "", "application/zip", "image/", "application/+json", "textual/x", "x"],
};
for (const [kind, types] of Object.entries(known)) {
  for (const type of types) test(`${type} is ${kind}`, () => assert.equal(classifyBody(type), kind));
}

test("custom types decide first: whole, with a star, by extension, by their first half", () => {
  const custom = {
    text: ["application/xml", "application/*+xml", "js"],
    json: ["text/x"],
    binary: ["model", "ZIP"],
  };
  for (const [type, kind] of [
    ["application/xml", "text"],
    ["application/atom+xml; a=b", "text"],
    ["text/javascript", "text"],
    ["text/x", "json"],
    ["model/gltf", "binary"],
    ["application/zip", "binary"],
    ["application/json", "json"],
    ["application/yaml", "unknown"],
  ]) {
    assert.equal(classifyBody(type as string, custom), kind, type);
  }
});
