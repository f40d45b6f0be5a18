/**
 * A header's value with parameters: `Content-Type`, and the `Content-Disposition` of a part of a form.
 *
 * ```ts
 * parseParameters('multipart/form-data; boundary="x"'); // { value: "multipart/form-data", parameters: Map { "boundary" => "x" } }
 * ```
 *
 * @module
 */

/** What stands before the first semicolon, and what after it. */
export interface ParameterizedValue {
  /** In lower case. */
  value: string;
  /** By name, in lower case. */
  parameters: ReadonlyMap<string, string>;
}

/** One parameter, or an empty place for one. A quote ends a value where a semicolon or the end follows. */
const PARAMETER =
  /[\t ]*;[\t ]*(?:([^\s=;"]+)=(?:"((?:[^"\\]|\\(?!")|\\"(?![\t ]*(?:;|$)))*\\?)"|([^\s;"]*)))?/y;

/**
 * Parses a value with parameters; `undefined` for one that is malformed or has a parameter twice.
 *
 * In a quoted value a backslash stands for itself, as browsers send file names, unless a quote follows that
 * does not end the value.
 *
 * @see RFC 9110, section 5.6.6; HTML, "multipart/form-data encoding algorithm"
 */
export function parseParameters(header: string): ParameterizedValue | undefined {
  const text = header.trim();
  const end = text.indexOf(";");
  const parameters = new Map<string, string>();
  let at = end === -1 ? text.length : end;
  const value = text.slice(0, at).trim().toLowerCase();
  while (at < text.length) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(text);
    if (match === null) return undefined;
    at = PARAMETER.lastIndex;
    const name = match[1]?.toLowerCase();
    if (name === undefined) continue;
    if (parameters.has(name)) return undefined;
    parameters.set(name, match[2]?.replaceAll('\\"', '"') ?? match[3] ?? "");
  }
  return { value, parameters };
}
