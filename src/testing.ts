/**
 * What tests of an application need.
 *
 * @module
 */

export {
  createMockApp,
  createMockContext,
  createMockNext,
  type MockContextOptions,
  mockContextState,
} from "./testing/mock-context.ts";
