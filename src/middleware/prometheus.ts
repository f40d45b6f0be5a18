/**
 * Answers with the metrics of an application and its channels, for Prometheus and all that read its text format.
 *
 * @example
 * ```ts
 * router.get("/metrics", prometheus({ channels: [prices] }));
 * ```
 *
 * @module
 */

import type { ApplicationMetrics } from "../app/application-metrics.ts";
import type { ChannelMetrics } from "../channel/channel-metrics.ts";
import {
  formatMetrics,
  type MetricFamily,
  type MetricSample,
  PROMETHEUS_CONTENT_TYPE,
} from "./prometheus-text.ts";

/** Whose metrics are told. */
export interface PrometheusOptions {
  /** The application. @default the one that answers */
  app?: { readonly metrics: ApplicationMetrics };
  /** Channels, looked through at each request; of two with one name only the first is told of. @default none */
  channels?: Iterable<{ readonly metrics: ChannelMetrics }>;
}

/** What is needed of a context. */
export interface PrometheusContext {
  readonly app: object;
  readonly response: { body: unknown; readonly headers: Headers };
}

/** One name: what is read from metrics under it, alone or by a label. */
interface Series<Metrics> {
  readonly name: string;
  readonly help: string;
  readonly read: (metrics: Metrics) => number | Counts;
  /** What tells the counts apart, where there are several. */
  readonly label?: string;
}

type Counts = Readonly<Partial<Record<string, number>>>;

const OF_APPLICATION: readonly Series<ApplicationMetrics>[] = [
  { name: "requests_active", help: "Requests under way.", read: (of) => of.requests.active },
  { name: "requests_total", help: "Requests that are through.", read: (of) => of.requests.handled },
  { name: "streams_open", help: "Event streams that are open.", read: (of) => of.streams.open },
  { name: "streams_accepted_total", help: "Event streams ever opened.", read: (of) => of.streams.accepted },
  {
    name: "streams_refused_total",
    help: "Readers turned away.",
    read: (of) => of.streams.refused,
    label: "reason",
  },
  {
    name: "streams_closed_total",
    help: "Event streams that have ended.",
    read: (of) => of.streams.closed,
    label: "reason",
  },
  { name: "streams_sent_bytes_total", help: "Bytes of event streams.", read: (of) => of.streams.sentBytes },
  { name: "websockets_open", help: "WebSockets that are open.", read: (of) => of.sockets.open },
];

const OF_CHANNEL: readonly Series<ChannelMetrics>[] = [
  { name: "subscriptions", help: "Subscriptions that are open.", read: (of) => of.subscriptions },
  { name: "subscribed_total", help: "Subscriptions ever made.", read: (of) => of.subscribed },
  { name: "ended_total", help: "Subscriptions that have ended.", read: (of) => of.ended, label: "reason" },
  {
    name: "outcomes_total",
    help: "How readers came, or came back.",
    read: (of) => of.outcomes,
    label: "outcome",
  },
  { name: "published_total", help: "Events published here.", read: (of) => of.published },
  { name: "refused_total", help: "Events that could not be published.", read: (of) => of.refused },
  { name: "delivered_total", help: "Events sent, counted for each reader.", read: (of) => of.delivered },
  { name: "delivered_bytes_total", help: "Bytes sent to readers.", read: (of) => of.deliveredBytes },
  { name: "lag_max_events", help: "The most events that a reader was ever behind.", read: (of) => of.maxLag },
  { name: "log_events", help: "Events that stand in memory.", read: (of) => of.log.events },
  { name: "log_bytes", help: "Bytes of the events that stand in memory.", read: (of) => of.log.bytes },
  {
    name: "broker_connected",
    help: "1 while the broker is there.",
    read: (of) => Number(of.broker.connected),
  },
  { name: "broker_pending", help: "Events that wait to be appended.", read: (of) => of.broker.pending },
  {
    name: "broker_lag_offsets",
    help: "How far the broker is ahead of what stands in memory.",
    read: (of) => of.broker.lag,
  },
  { name: "broker_errors_total", help: "Failures that nobody waited for.", read: (of) => of.broker.errors },
];

/** Makes a middleware that answers each request with the metrics of that moment, and calls no next. */
export function prometheus(options: PrometheusOptions = {}): (context: PrometheusContext) => void {
  return ({ app, response }) => {
    const { metrics } = options.app ?? (app as { readonly metrics?: ApplicationMetrics });
    const application = metrics === undefined ? [] : [{ metrics, labels: {} }];
    const channels = new Map<string, { metrics: ChannelMetrics; labels: Labels }>();
    for (const { metrics } of options.channels ?? []) {
      const { channel } = metrics;
      if (!channels.has(channel)) channels.set(channel, { metrics, labels: { channel } });
    }
    response.headers.set("content-type", PROMETHEUS_CONTENT_TYPE);
    response.headers.set("cache-control", "no-store");
    response.body = formatMetrics([
      ...describe("dodona_", OF_APPLICATION, application),
      ...describe("dodona_channel_", OF_CHANNEL, [...channels.values()]),
    ]);
  };
}

type Labels = Readonly<Record<string, string>>;

function describe<Metrics>(
  prefix: string,
  series: readonly Series<Metrics>[],
  sources: readonly { metrics: Metrics; labels: Labels }[],
): MetricFamily[] {
  return series.map(({ name, help, read, label = "" }) => ({
    name: prefix + name,
    type: name.endsWith("_total") ? "counter" : "gauge",
    help,
    samples: sources.flatMap(({ metrics, labels }) => sample(read(metrics), label, labels)),
  }));
}

function sample(read: number | Counts, label: string, labels: Labels): MetricSample[] {
  if (typeof read === "number") return [{ value: read, labels }];
  return Object.entries(read).map(([name, value = 0]) => ({ value, labels: { ...labels, [label]: name } }));
}
