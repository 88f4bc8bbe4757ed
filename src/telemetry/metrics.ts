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
  /** Called at every scrape, with a limit of 1 s; when it fails or takes longer the gauge has no samples. */
  read: () => Promise<readonly Sample[]>;
}

export interface Metrics {
  observeRequest(observation: RequestObservation): void;
  /** Counts one of our starts that reached Temporal. */
  countWorkflowStart(workflowType: string): void;
  /** Counts outbox rows that the relay sent to a consumer, or failed to send because the server was down or refused. */
  outboxSent(input: { consumer: string; outcome: string; rows: number }): void;
  /** Counts a job that a consumer handled. */
  jobHandled(input: { consumer: string; outcome: string; seconds: number }): void;
  /** Counts a mail that reached its end. */
  mailEnded(input: { mode: string; outcome: string }): void;
  /** Counts a call to a payment gateway, with or without a result. */
  gatewayCalled(input: { gateway: string; call: string; outcome: string; seconds: number }): void;
  /** Counts a webhook of a payment gateway. */
  gatewayReported(input: { gateway: string; outcome: string }): void;
  /** Counts an attempt of an activity that was put off because its tenant held its share of the worker's slots. */
  activityPutOff(input: { taskQueue: string }): void;
  /** Counts a reload of the primary of a cluster. */
  reloaded(input: { outcome: 'done' | 'refused' }): void;
  addGauge(source: GaugeSource): void;
  /** Adds text in Prometheus' format from another source, appended to our own. */
  addText(read: () => Promise<string>): void;
  contentType: string;
  /** Resolves to all metrics in Prometheus' text format. Never rejects because of a source. */
  render(): Promise<string>;
}

const SOURCE_WITHIN_MS = 1000;

export interface CreateMetricsInput {
  role: string;
  /** Returns the number of log lines that could not be written since the start. */
  droppedLogLines?: () => number;
}

/**
 * Returns the metrics of one process, in a registry of its own.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function createMetrics({ role, droppedLogLines = () => 0 }: CreateMetricsInput): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its response',
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
    help: 'Outbox rows that the relay handled; a row that is sent again counts again',
    labelNames: ['consumer', 'outcome'],
    registers: [registry],
  });
  const jobs = new Histogram({
    name: 'queue_job_duration_seconds',
    help: 'Duration of a job',
    labelNames: ['consumer', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    registers: [registry],
  });
  const mails = new Counter({
    name: 'mails_total',
    help:
      'Mails by the mode of their tenant; the outcome is sent, withheld (a sandbox keeps it), limited (a limit of ' +
      'mails a day was reached), skipped (nobody wants it any more) or undeliverable',
    labelNames: ['mode', 'outcome'],
    registers: [registry],
  });
  const gatewayCalls = new Histogram({
    name: 'gateway_call_duration_seconds',
    help:
      'Duration of a call to a payment gateway; the outcome is the status of its result, or the error that ' +
      'it ended with',
    labelNames: ['gateway', 'call', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [registry],
  });
  const gatewayReports = new Counter({
    name: 'gateway_webhooks_total',
    help:
      'Webhooks of payment gateways; the outcome is taken, foreign (concerns nothing of ours), unknown_form ' +
      '(signed, but not understood) or refused (invalid signature)',
    labelNames: ['gateway', 'outcome'],
    registers: [registry],
  });
  const putOff = new Counter({
    name: 'activities_put_off_total',
    help: "Attempts of activities that were put off because their tenant held its share of the worker's slots",
    labelNames: ['task_queue'],
    registers: [registry],
  });
  const reloads = new Counter({
    name: 'cluster_reloads_total',
    help: 'Reloads of a cluster; the outcome is done, or refused (one was not ready, its predecessor serves on)',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const dropped: Counter = new Counter({
    name: 'log_lines_dropped_total',
    help: 'Log lines that could not be written, because the disk was full or their reader was gone',
    registers: [registry],
    collect() {
      dropped.reset();
      dropped.inc(droppedLogLines());
    },
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
    mailEnded(labels) {
      mails.inc(labels);
    },
    gatewayCalled({ seconds, ...labels }) {
      gatewayCalls.observe(labels, seconds);
    },
    gatewayReported(labels) {
      gatewayReports.inc(labels);
    },
    activityPutOff({ taskQueue }) {
      putOff.inc({ task_queue: taskQueue });
    },
    reloaded(labels) {
      reloads.inc(labels);
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
          // After a reset, a gauge without labels has the value 0, which would be wrong for an unknown value.
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
