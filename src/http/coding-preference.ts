/**
 * Which of several content codings a client should get first.
 *
 * @module
 */

/** Of longer headers the rest is not read. */
const MAX_LENGTH = 1024;

/**
 * Gives those of `codings` that the client accepts and likes no less than the plain content: the best by the
 * quality that `acceptEncoding` gives them, and of equals the one that is named first in `codings`.
 *
 * `accepts` picks the one that the client likes best, the first of equals; it has the last word on what is
 * accepted. A client that says nothing may read no coding at all, and is asked for the plain content first.
 *
 * @see RFC 9110, section 12.5.3
 */
export function preferCodings<Coding extends string>(
  acceptEncoding: string | null,
  codings: readonly Coding[],
  accepts: (...codings: string[]) => unknown,
): Coding[] {
  const accepted = codings.filter((coding) => accepts("identity", coding) === coding);
  if (accepted.length < 2 || acceptEncoding === null) return accepted;
  const qualities = readQualities(acceptEncoding);
  const qualityOf = (coding: string) => qualities.get(coding) ?? qualities.get("*") ?? 0;
  return accepted.sort((a, b) => qualityOf(b) - qualityOf(a));
}

function readQualities(header: string): Map<string, number> {
  const qualities = new Map<string, number>();
  for (const element of header.slice(0, MAX_LENGTH).split(",")) {
    const [coding = "", ...parameters] = element.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    const value = quality === undefined ? 1 : Number(quality.slice(2));
    qualities.set(coding, value >= 0 ? value : 0);
  }
  return qualities;
}
