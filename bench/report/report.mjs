import { bulkLines, reviewLines, searchLines, sweepLines } from './listing-lines.mjs';
import { costLines, crowdLines, latencyLines, neighbourLines, peerLines, yearLines } from './payment-lines.mjs';
import { reportLines, scheduleLines } from './report-lines.mjs';
import { table } from './table.mjs';

/** The table of each part, in the order of the report. */
const tables = {
  requests: requestLines,
  starts: startLines,
  binary: binaryLines,
  years: yearLines,
  costs: costLines,
  latency: latencyLines,
  bulk: bulkLines,
  reviews: reviewLines,
  search: searchLines,
  sweep: sweepLines,
  reports: reportLines,
  schedules: scheduleLines,
  peers: peerLines,
  neighbours: neighbourLines,
  crowd: crowdLines,
  memory: memoryLines,
  reconciler: reconcilerLines,
  lists: listLines,
};

/** Returns the results as text, a table for each part that was measured. */
export function report({ machine: { cores, cpu, load, node, servers }, seconds, ...measured }) {
  const loads = load.map((value) => value.toFixed(2)).join(' → ');
  const lines = [
    `${cores} cores (${cpu.trim()}), load ${loads}, Node ${node}; ${servers.join(', ')}`,
    ...Object.entries(tables).flatMap(([part, linesOf]) => (measured[part] ? ['', ...linesOf(measured[part])] : [])),
    '',
    `Took ${seconds.toFixed(0)} s`,
  ];
  return `\n${lines.join('\n')}\n`;
}

function requestLines({ pairs, rows, bodies, checked }) {
  const times = ({ median, min, max }) => [`${median.toFixed(2)} ×`, `${min.toFixed(1)}–${max.toFixed(1)}`];
  return [
    `CPU per request, median of ${pairs} (least–greatest)`,
    ...table(
      rows.map(({ name, micros, overNode, overExpress }) => [
        name,
        `${micros.median.toFixed(0)} µs`,
        'node:http',
        ...times(overNode),
        'Express',
        ...times(overExpress),
      ]),
    ),
    ...checked,
    '',
    'What a body costs, over JSON.parse, median (least–greatest)',
    ...table(
      bodies.map(({ name, parseMicros, readOverParse, validateOverParse }) => [
        name,
        `${parseMicros.median.toFixed(2)} µs`,
        'reading',
        ...times(readOverParse),
        'validation',
        ...times(validateOverParse),
      ]),
    ),
  ];
}

function binaryLines({ bytes, gzipBytes, versionSeconds, starts }) {
  const megabytes = (count) => `${(count / 1e6).toFixed(0)} MB`;
  return [
    `Single executable: ${megabytes(bytes)}, ${megabytes(gzipBytes)} with gzip, --version in ` +
      `${versionSeconds.median.toFixed(2)} s`,
    ...startLines(starts),
  ];
}

function startLines(starts) {
  return [
    'Start to 200 at /readyz, and the memory after a second of idling',
    ...table(
      starts.map(({ name, starts: count, seconds, cpuSeconds, rssMegabytes: { median, min, max } }) => [
        name,
        `${seconds.median.toFixed(2)} s`,
        `${seconds.min.toFixed(2)}–${seconds.max.toFixed(2)}`,
        `${cpuSeconds.median.toFixed(2)} s of CPU`,
        median.toFixed(0),
        `${min.toFixed(0)}–${max.toFixed(0)}`,
        'MB',
        `${count} starts`,
      ]),
    ),
  ];
}

function memoryLines({ rss, idle, cached }) {
  const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  const kilobytes = (bytes) => `${(bytes / 2 ** 10).toFixed(0)} KB`;
  return [
    'Memory (RSS) of api + worker over hello Express + empty worker',
    ...table(
      rss.map(({ name, api, worker, express, empty }) => [
        name,
        `${megabytes(api)} + ${megabytes(worker)}`,
        `${megabytes(express)} + ${megabytes(empty)}`,
        `${((api + worker) / (express + empty)).toFixed(2)} ×`,
      ]),
    ),
    '',
    'A second of an idle process',
    ...table(
      idle.map(({ name, cpuMillis, sent }) => [
        name,
        `${cpuMillis.toFixed(1)} ms of CPU`,
        ...['mongodb', 'hello', 'redis'].map((server) => `${server} ${sent[server] ?? 0} a minute`),
      ]),
    ),
    '',
    'Heap of a cached workflow',
    ...table(
      cached.map(({ name, heapBytes, overEmpty }) => [name, kilobytes(heapBytes), `${overEmpty.toFixed(2)} × empty`]),
    ),
  ];
}

function reconcilerLines({ rounds, rows, cpuRatio, timeRatio }) {
  const range = ({ median, min, max }, unit, digits = 0) => [
    `${median.toFixed(digits)} ${unit}`,
    `${min.toFixed(digits)}–${max.toFixed(digits)}`,
  ];
  return [
    `A look of the reconciler while 100 onboardings have changed, median of ${rounds} (least–greatest)`,
    ...table([
      ...rows.map(({ name, cpuMs, ms }) => [name, 'CPU', ...range(cpuMs, 'ms'), 'time', ...range(ms, 'ms')]),
      ['ratio', 'CPU', ...range(cpuRatio, '×', 2), 'time', ...range(timeRatio, '×', 2)],
    ]),
  ];
}

function listLines({ few, many, rounds, rows }) {
  const ms = ({ median }) => `${median.toFixed(1)} ms`;
  return [
    `The first page of each list at ${few} and at ${many} documents, median of ${rounds} (least–greatest)`,
    ...table(
      rows.map(({ name, few: small, many: large, ratio: { median, min, max }, refused }) => [
        name,
        ms(small),
        ms(large),
        `${median.toFixed(2)} ×`,
        `${min.toFixed(2)}–${max.toFixed(2)}`,
        refused === 0 ? '' : `${refused} × 503`,
      ]),
    ),
  ];
}
