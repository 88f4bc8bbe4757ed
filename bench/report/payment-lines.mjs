import { table } from './table.mjs';

const FIGURES = {
  mongodbApi: ['MongoDB commands, api', 1],
  mongodbWorker: ['MongoDB commands, worker', 1],
  redisCalls: ['Redis calls', 1],
  redisCommands: ['Redis commands, with those of scripts', 1],
  temporalWorker: ['calls to Temporal, worker', 1],
  events: ['history events', 1],
  actions: ['billed actions', 1],
  cpuApi: ['CPU ms, api', 0],
  cpuWorker: ['CPU ms, worker', 0],
  cpuSandbox: ['CPU ms, simulator', 0],
  cpuTemporal: ['CPU ms, Temporal', 0],
  cpuMongodb: ['CPU ms, MongoDB', 0],
  cpuRedis: ['CPU ms, Redis', 0],
};

export function costLines({ units, rows, idlePerSecond }) {
  const cells = (key, digits) => rows.map((row) => (row[key] ?? NaN).toFixed(digits));
  return [
    `One unit of each, mean of ${units}, without what the processes use when idle`,
    ...table([
      ['', ...rows.map(({ name }) => name), 'idle, per second'],
      ...Object.entries(FIGURES).map(([key, [name, digits]]) => [
        name,
        ...cells(key, digits),
        idlePerSecond[key] === undefined ? '' : idlePerSecond[key].toFixed(1),
      ]),
    ]),
  ];
}

export function latencyLines({ samples, rows }) {
  return [
    `Time of one call to Temporal and of a payment, one at a time, median of ${samples} (least–greatest)`,
    ...table(
      rows.map(({ name, ms: { median, min, max }, overStart }) => [
        name,
        `${median.toFixed(1)} ms`,
        `${min.toFixed(1)}–${max.toFixed(1)}`,
        `${overStart.toFixed(2)} × the start`,
      ]),
    ),
  ];
}

export function crowdLines({ rounds, few, crowd, crowdOverFew }) {
  const range = ({ median, min, max }, digits) => [
    median.toFixed(digits),
    `${min.toFixed(digits)}–${max.toFixed(digits)}`,
  ];
  return [
    `Payments accepted a second, median of ${rounds} (least–greatest)`,
    ...table([
      ['8 callers', ...range(few, 1)],
      ['500 callers, who repeat what is refused', ...range(crowd, 1)],
      ['the crowd over the few', ...range(crowdOverFew, 2)],
    ]),
  ];
}

export function peerLines({ rounds, units, rows, skipped }) {
  const range = ({ median, min, max }, unit, digits) => [
    `${median.toFixed(digits)} ${unit}`.trim(),
    `${min.toFixed(digits)}–${max.toFixed(digits)}`,
  ];
  const over = (figure) => (figure ? range(figure, '×', 2) : ['', '']);
  return [
    `A payment's own work, ${units} at once, without idle work, median of ${rounds} (least–greatest); ×: ours over it`,
    ...table(
      rows.map((row) => [
        row.name,
        'CPU of the worker',
        ...range(row.workerMs, 'ms', 1),
        ...over(row.oursOverWorker),
        'of all',
        ...range(row.allMs, 'ms', 1),
        ...over(row.oursOverAll),
        'a second',
        ...range(row.perSecond, '', 1),
        ...over(row.oursOverThroughput),
      ]),
    ),
    ...skipped.map(({ name, reason }) => `${name} was skipped: ${reason}`),
  ];
}

export function neighbourLines({ rounds, rows, advanceSeconds }) {
  const range = ({ median, min, max }, unit) => [`${median.toFixed(2)} ${unit}`, `${min.toFixed(2)}–${max.toFixed(2)}`];
  return [
    `One tenant's payment, from the request until it is captured, median of ${rounds} (least–greatest)`,
    ...table(
      rows.map(({ name, payments, p50, p95, p95OverAlone }) => [
        name,
        `${payments.min}${payments.min === payments.max ? '' : `–${payments.max}`} payments`,
        'p50',
        ...range(p50, 's'),
        'p95',
        ...range(p95, 's'),
        'over alone',
        ...range(p95OverAlone, '×'),
      ]),
    ),
    `The advance itself took ${range(advanceSeconds, 's').join(', ')}`,
  ];
}

export function yearLines(years) {
  const { rounds, seconds, secondsOverPayments, cpuSeconds, cpuOverPayments, secondsReportedOver, against } = years;
  const row = (name, { median, min, max }, unit) => [
    name,
    `${median.toFixed(2)} ${unit}`,
    `${min.toFixed(2)}–${max.toFixed(2)}`,
  ];
  return [
    `A year of a monthly subscription in the sandbox, median of ${rounds} (least–greatest)`,
    ...table([
      row('time', seconds, 's'),
      row('time over twelve payments', secondsOverPayments, '×'),
      row('CPU of api, worker and simulator', cpuSeconds, 's'),
      row('CPU over twelve payments', cpuOverPayments, '×'),
      row('time with three daily reports over without (aim: 1.3)', secondsReportedOver, '×'),
      ...(against === undefined
        ? []
        : [
            row(`time of ${against.checkout}`, against.seconds, 's'),
            row('time over that', against.secondsOver, '×'),
            row('CPU there', against.cpuSeconds, 's'),
            row('CPU over that', against.cpuOver, '×'),
          ]),
    ]),
  ];
}
