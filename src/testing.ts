/**
 * Tests of applications: a client without a socket, a reader of event streams, stand-ins, time, and the contracts of
 * the ports.
 *
 * @module
 */

export { type BrokerUnderTest, brokerContract } from "./testing/broker-contract.ts";
export {
  byteSinkContract,
  type ContractCheck,
  type ContractOptions,
  type SinkUnderTest,
} from "./testing/byte-sink-contract.ts";
export { EventReadError, type EventReadErrorCode } from "./testing/event-read-error.ts";
export {
  type EventConnection,
  EventReader,
  type EventReaderOptions,
  type EventWaitOptions,
} from "./testing/event-reader.ts";
export {
  createMockApp,
  createMockContext,
  createMockNext,
  type MockContextOptions,
  type MockContextRequest,
  type MockRouterContext,
  mockContextState,
} from "./testing/mock-context.ts";
export {
  createTestClient,
  type TestableApplication,
  TestClient,
  type TestClientOptions,
  type TestRequestInit,
} from "./testing/test-client.ts";
export { VirtualClock } from "./testing/virtual-clock.ts";
