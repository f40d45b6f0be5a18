/**
 * How the state of an application becomes the state of a request.
 *
 * @module
 */

/** What a request's state is to the application's: see {@linkcode deriveState}. */
export type ContextState = "clone" | "prototype" | "alias" | "empty";

/**
 * Gives the state of a request:
 *
 * - `clone`: a copy of what can be cloned; functions and the like are left out;
 * - `prototype`: an object that inherits from the application's;
 * - `alias`: the application's own;
 * - `empty`: nothing.
 */
export function deriveState<State extends object>(state: State, how: ContextState): State {
  if (how === "alias") return state;
  if (how === "prototype") return Object.create(state) as State;
  const own: Record<PropertyKey, unknown> = {};
  if (how === "empty") return own as State;
  for (const key in state) {
    if (!Object.hasOwn(state, key)) continue;
    const value = state[key];
    try {
      own[key] = structuredClone(value);
    } catch {
      // What can't be cloned belongs to the application alone.
    }
  }
  return own as State;
}
