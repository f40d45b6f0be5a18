/**
 * What a client reads that does not follow a redirect by itself.
 *
 * @module
 */

/** Gives the page for a redirect to `location`, an encoded URL: HTML with a link, or text. */
export function redirectPage(location: string, html: boolean): { type: string; body: string } {
  if (!html || !isWebUrl(location)) return { type: "text/plain", body: `Redirecting to ${location}.` };
  const url = escapeHtml(location);
  return { type: "html", body: `Redirecting to <a href="${url}">${url}</a>.` };
}

/** Encodes what may not stand in a URL, half a surrogate pair as U+FFFD; what is encoded already stays as it is. */
export function encodeUrl(url: string): string {
  return url
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/[^!#-;=?-[\]_a-z~]|%(?![\dA-Fa-f]{2})/gu, encodeURIComponent);
}

/** Whether a link to `location` leads to a page, and runs nothing here. */
function isWebUrl(location: string): boolean {
  const base = "http://localhost/";
  if (!URL.canParse(location, base)) return false;
  return /^https?:$/.test(new URL(location, base).protocol);
}

/** An encoded URL holds no `<` and no `"`, but what it holds may be a reference to a character. */
function escapeHtml(url: string): string {
  return url.replaceAll("&", "&amp;").replaceAll("'", "&#39;");
}
