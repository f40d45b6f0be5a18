/**
 * From a file's extension, or a bare media type, to the value of a `Content-Type` header.
 *
 * @module
 */

import { lookup } from "mrmime";

/** Texts by another name: they too are sent with their charset. */
const TEXT_TYPE = /^(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|javascript|xml)$)/;

/** The type of plain text. */
export const PLAIN_TEXT = "text/plain; charset=UTF-8";
/** The types of most responses, which need no look into the table. */
const USUAL: ReadonlyMap<string, string> = new Map([
  ["text/plain", PLAIN_TEXT],
  ["html", "text/html; charset=UTF-8"],
  ["json", "application/json; charset=UTF-8"],
]);

/**
 * Gives the `Content-Type` for an extension (`html`, `.html`) or a media type, with the charset of text.
 *
 * A type with parameters is given back as it is. `undefined` for an extension that nobody knows.
 */
export function contentType(typeOrExtension: string): string | undefined {
  const usual = USUAL.get(typeOrExtension);
  if (usual !== undefined) return usual;
  if (typeOrExtension.includes(";")) return typeOrExtension;
  const type = typeOrExtension.includes("/") ? typeOrExtension : lookup(typeOrExtension);
  // The table is an object, and so it knows the names that every object has.
  if (typeof type !== "string") return undefined;
  return TEXT_TYPE.test(type) ? `${type}; charset=UTF-8` : type;
}
