/**
 * The `Vary` header: which of the client's headers had a say in the answer.
 *
 * @module
 */

/** Adds `name` to `Vary`, unless it is there, or `*` is. @see RFC 9110, section 12.5.5 */
export function appendVary(headers: Headers, name: string): void {
  const value = headers.get("vary") ?? "";
  const fields = value
    .toLowerCase()
    .split(",")
    .map((field) => field.trim());
  if (fields.includes("*") || fields.includes(name.toLowerCase())) return;
  headers.set("vary", value === "" ? name : `${value}, ${name}`);
}
