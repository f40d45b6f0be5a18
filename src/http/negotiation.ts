/**
 * Which of several representations a client likes best, by the headers in which it says so.
 *
 * ```ts
 * accepts("application/json;q=0.2, text/html", "json", "html"); // "html"
 * acceptsEncodings("gzip", "br", "identity"); // "identity"
 * acceptsLanguages(null); // ["*"]
 * ```
 *
 * @module
 */

import Negotiator from "negotiator";
import { contentType } from "./content-type.ts";

/** Of longer headers the rest is not read, from the last whole element on. */
const MAX_LENGTH = 4096;

/** The media types of an `Accept` header, the best first; any, without the header. */
export function accepts(header: string | null): string[];
/**
 * The one of `types` (media types or extensions, given back as they were) that an `Accept` header likes best;
 * `undefined` for none. Without the header it is the first.
 *
 * @see RFC 9110, section 12.5.1
 */
export function accepts(header: string | null, ...types: string[]): string | undefined;
export function accepts(header: string | null, ...types: string[]): string[] | string | undefined {
  const accept = readPreferences(header);
  if (accept === "") return types.length === 0 ? ["*/*"] : types[0];
  const negotiator = new Negotiator({ headers: { accept } });
  if (types.length === 0) return negotiator.mediaTypes();
  // With the charset that it is sent with: a client may ask for it.
  const mediaTypes = types.map((type) => contentType(type) ?? "");
  const best = negotiator.mediaType(mediaTypes);
  return best === undefined ? undefined : types[mediaTypes.indexOf(best)];
}

/** The codings of an `Accept-Encoding` header, the best first; any, without the header. */
export function acceptsEncodings(header: string | null): string[];
/**
 * The one of `encodings` that an `Accept-Encoding` header likes best; `undefined` for none. Without the header it
 * is the first. `identity` is accepted unless the header refuses it; an empty header accepts nothing else.
 *
 * @see RFC 9110, section 12.5.3
 */
export function acceptsEncodings(header: string | null, ...encodings: string[]): string | undefined;
export function acceptsEncodings(
  header: string | null,
  ...encodings: string[]
): string[] | string | undefined {
  if (header === null) return encodings.length === 0 ? ["*"] : encodings[0];
  const negotiator = new Negotiator({ headers: { "accept-encoding": readPreferences(header) } });
  return encodings.length === 0 ? negotiator.encodings() : negotiator.encoding(encodings);
}

/** The language ranges of an `Accept-Language` header, the best first; any, without the header. */
export function acceptsLanguages(header: string | null): string[];
/**
 * The one of `languages` that an `Accept-Language` header likes best, where `en` goes for `en-GB` and the other
 * way about; `undefined` for none. Without the header it is the first.
 *
 * @see RFC 9110, section 12.5.4; RFC 4647
 */
export function acceptsLanguages(header: string | null, ...languages: string[]): string | undefined;
export function acceptsLanguages(
  header: string | null,
  ...languages: string[]
): string[] | string | undefined {
  const accept = readPreferences(header);
  if (accept === "") return languages.length === 0 ? ["*"] : languages[0];
  const negotiator = new Negotiator({ headers: { "accept-language": accept } });
  return languages.length === 0 ? negotiator.languages() : negotiator.language(languages);
}

/** The charsets of an `Accept-Charset` header, the best first; any, without the header. */
export function acceptsCharsets(header: string | null): string[];
/**
 * The one of `charsets` that an `Accept-Charset` header likes best; `undefined` for none. Without the header it is
 * the first.
 *
 * @see RFC 9110, section 12.5.2, which advises clients not to send it
 */
export function acceptsCharsets(header: string | null, ...charsets: string[]): string | undefined;
export function acceptsCharsets(header: string | null, ...charsets: string[]): string[] | string | undefined {
  const accept = readPreferences(header);
  if (accept === "") return charsets.length === 0 ? ["*"] : charsets[0];
  const negotiator = new Negotiator({ headers: { "accept-charset": accept } });
  return charsets.length === 0 ? negotiator.charsets() : negotiator.charset(charsets);
}

/** The part of a header that is read; nothing for one that says nothing. */
function readPreferences(header: string | null): string {
  const preferences = header?.trim() ?? "";
  if (preferences.length <= MAX_LENGTH) return preferences;
  // An element cut in two could say the contrary: `;q=0` is the end of it.
  return preferences.slice(0, Math.max(0, preferences.lastIndexOf(",", MAX_LENGTH)));
}
