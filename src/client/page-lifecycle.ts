/**
 * Tells when the page that a stream belongs to goes, comes back, or has a network again. Outside of pages nothing
 * of it ever happens.
 *
 * @module
 */

/** Whether there is a page, and nobody sees it. */
export function isPageHidden(): boolean {
  return !!globalThis.document?.hidden;
}

/**
 * Calls `onChange` when the page is hidden or seen again, with `isBack` when it returns from the cache of the history
 * or has a network again: connections from before are dead then, whether or not they know. Ends when `signal` aborts.
 */
export function watchPage(signal: AbortSignal, onChange: (isBack: boolean) => void): void {
  const listen = ({ type, persisted }: Event & { persisted?: boolean }) => {
    if (type !== "pageshow" || persisted) onChange(type !== "visibilitychange");
  };
  // Node has no page to listen to, and a worker hears of the network only.
  for (const type of ["visibilitychange", "pageshow", "online"]) {
    globalThis.addEventListener?.(type, listen, { signal });
  }
}
