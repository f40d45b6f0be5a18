/**
 * Compares the versions of servers.
 *
 * @module
 */

/** Whether a version as `7.0.15` is older than another; what is no number in it counts as 0. */
export function isOlder(version: string, other: string): boolean {
  const parts = toNumbers(version);
  const others = toNumbers(other);
  for (let at = 0; at < Math.max(parts.length, others.length); at++) {
    const difference = (parts[at] ?? 0) - (others[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Throws an `Error` for a server that is too old. One that does not say its version (`""`) is taken for new. */
export function checkVersion(server: string, version: string, oldest: string): void {
  if (version === "" || !isOlder(version, oldest)) return;
  throw new Error(`Cannot use ${server} ${version}: ${oldest} is the oldest that will do`);
}

function toNumbers(version: string): number[] {
  return version.split(".").map((part) => Number.parseInt(part, 10) || 0);
}
