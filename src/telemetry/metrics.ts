import { setTimeout } from 'node:timers/promises';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface RequestObservation {
  operationId: string;
  method: string;
  status: number;
  seconds: number;
}

/** One value of a gauge with its labels. */
export interface Sample {
  labels?: Record<string, string>;
  value: number;
}

export interface GaugeSource {
  name: string;
  help: string;
  labelNames?: readonly string[];
  /** Asked at every scrape, at most 1 s; when it fails or takes longer the gauge has no samples. */
  read: () => Promise<readonly Sample[]>;
}

export interface Metrics {
  observeRequest(observation: RequestObservation): void;
  /** A start of ours that reached Temporal. */
  countWorkflowStart(workflowType: string): void;
  /** The relay sent outbox rows to a consumer, found its server away, or was refused. */
  outboxSent(input: { consumer: string; outcome: string; rows: number }): void;
  /** A consumer dealt with a job. */
  jobHandled(input: { consumer: string; outcome: string; seconds: number }): void;
  /** A payment gateway answered a call, or did not. */
  gatewayCalled(input: { gateway: string; call: string; outcome: string; seconds: number }): void;
  /** A payment gateway's webhook came. */
  gatewayReported(input: { gateway: string; outcome: string }): void;
  addGauge(source: GaugeSource): void;
  /** Text in Prometheus' format from another source, put behind our own. */
  addText(read: () => Promise<string>): void;
  contentType: string;
  /** Everything in Prometheus' text format. Never rejects because of a source. */
  render(): Promise<string>;
}

const SOURCE_WITHIN_MS = 1000;

/**
 * The metrics of one process, in a registry of its own. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function createMetrics({ role }: { role: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['operationId', 'method', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  const starts = new Counter({
    name: 'temporal_workflow_started_total',
    help: 'Starts of workflows that reached Temporal',
    labelNames: ['workflow_type'],
    registers: [registry],
  });
  const sent = new Counter({
    name: 'outbox_rows_sent_total',
    help: 'Outbox rows the relay dealt with; a row that is sent again counts again',
    labelNames: ['consumer', 'outcome'],
    registers: [registry],
  });
  const jobs = new Histogram({
    name: 'queue_job_duration_seconds',
    help: 'Time a consumer took for a job',
    labelNames: ['consumer', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    registers: [registry],
  });
  const gatewayCalls = new Histogram({
    name: 'gateway_call_duration_seconds',
    help:
      'Time a call to a payment gateway took; the outcome is what it answered, or the error that stands for ' +
      'no answer',
    labelNames: ['gateway', 'call', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [registry],
  });
  const gatewayReports = new Counter({
    name: 'gateway_webhooks_total',
    help:
      'Webhooks of payment gateways; the outcome is taken, foreign (about nothing of ours), unknown_form ' +
      '(signed, and not understood) or refused (not signed as it should be)',
    labelNames: ['gateway', 'outcome'],
    registers: [registry],
  });
  const texts: (() => Promise<string>)[] = [];

  return {
    observeRequest({ operationId, method, status, seconds }) {
      requests.observe({ operationId, method, status }, seconds);
    },
    countWorkflowStart(workflowType) {
      starts.inc({ workflow_type: workflowType });
    },
    outboxSent({ rows, ...labels }) {
      sent.inc(labels, rows);
    },
    jobHandled({ seconds, ...labels }) {
      jobs.observe(labels, seconds);
    },
    gatewayCalled({ seconds, ...labels }) {
      gatewayCalls.observe(labels, seconds);
    },
    gatewayReported(labels) {
      gatewayReports.inc(labels);
    },
    addGauge({ name, help, labelNames = [], read }) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers: [registry],
        collect: async () => {
          const samples = await withinASecond(read(), []);
          gauge.reset();
          // Reset, a gauge without labels stands at 0; a value nobody knows is no 0.
          if (labelNames.length === 0) gauge.remove();
          for (const { labels = {}, value } of samples) gauge.set(labels, value);
        },
      });
    },
    addText(read) {
      texts.push(read);
    },
    contentType: registry.contentType,
    async render() {
      const parts = await Promise.all([registry.metrics(), ...texts.map((read) => withinASecond(read(), ''))]);
      return parts
        .filter(Boolean)
        .map((part) => (part.endsWith('\n') ? part : `${part}\n`))
        .join('');
    },
  };
}

async function withinASecond<T>(work: Promise<T>, otherwise: T): Promise<T> {
  const timer = new AbortController();
  const late = setTimeout(SOURCE_WITHIN_MS, otherwise, { signal: timer.signal, ref: false }).catch(() => otherwise);
  try {
    return await Promise.race([work.catch(() => otherwise), late]);
  } finally {
    timer.abort();
  }
}
