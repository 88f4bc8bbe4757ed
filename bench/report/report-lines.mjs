import { megabytes, range, readsTitle, table } from './table.mjs';

export function reportLines({ rows, day, year, consumer, download }) {
  const parts = [rowLines(rows), dayLines(day), yearLines(year), consumerLines(consumer), downloadLines(download)];
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function rowLines({ rounds, rows, noneMs, micros, manyOverFew, manyOverBare, rssBytes, actions }) {
  return [
    `CPU of the worker for a row of a report of payments as CSV, median of ${rounds} (least–greatest)`,
    ...table([
      ['a report without rows', ...range(noneMs, 'ms', 0)],
      [`a row of ${rows.few}`, ...range(micros.few, 'µs', 1)],
      [`a row of ${rows.many}`, ...range(micros.many, 'µs', 1)],
      ['ratio', ...range(manyOverFew, '×', 2)],
      ['a row of a bare cursor into fast-csv', ...range(micros.bare, 'µs', 1)],
      ['ours over it', ...range(manyOverBare, '×', 2)],
    ]),
    '',
    'Memory (RSS) of the worker',
    ...table([
      ['idle', megabytes(rssBytes.idle), ''],
      [`${rows.few} rows, at most`, megabytes(rssBytes.few), `+ ${megabytes(rssBytes.few - rssBytes.idle)}`],
      [`${rows.many} rows, at most`, megabytes(rssBytes.many), `+ ${megabytes(rssBytes.many - rssBytes.idle)}`],
    ]),
    '',
    `Billed actions of a report as ${actions.formats.join(', ')}: ${actions.total}`,
    ...table(Object.entries(actions.counts).map(([action, count]) => [action, String(count)])),
  ];
}

function dayLines({ rounds, events, cpuMs, cpuRatio, examined: { documents, keys, used }, model }) {
  const over = (count) => `${(count / used).toFixed(3)} ×`;
  return [
    `CPU of the worker for the summary of a day of ${events.ofDay} events, median of ${rounds} (least–greatest)`,
    ...table([
      [`of ${events.few} events`, ...range(cpuMs.few, 'ms', 0)],
      [`of ${events.many} events`, ...range(cpuMs.many, 'ms', 0)],
      ['ratio', ...range(cpuRatio, '×', 2)],
    ]),
    '',
    readsTitle({ title: `What it examines for the ${used} events that it uses`, model }),
    ...table([
      ['documents', String(documents), over(documents)],
      ['keys', String(keys), over(keys)],
    ]),
  ];
}

const yearLines = ({ rounds, events, documents, cpuMs, ratio }) => [
  `CPU of the worker for the summary of a year of ${events} events, median of ${rounds} (least–greatest)`,
  ...table([
    ['by the source', ...range(cpuMs.source, 'ms', 0)],
    [`by ${documents} buckets`, ...range(cpuMs.buckets, 'ms', 0)],
    ['ratio', ...range(ratio, '×', 3)],
  ]),
];

const consumerLines = ({ rounds, micros, ratio }) => [
  `CPU of the consumer for an event of a payment, median of ${rounds} (least–greatest)`,
  ...table([
    ['into a count a day, as before', ...range(micros.daily, 'µs', 1)],
    ['into buckets, with its money', ...range(micros.buckets, 'µs', 1)],
    ['ratio', ...range(ratio, '×', 2)],
  ]),
];

export const scheduleLines = ({ rounds, schedules, cpuMs, cpuRatio }) => [
  `CPU of the worker for a sweep of schedules of which none is due, median of ${rounds} (least–greatest)`,
  ...table([
    [`${schedules.few} schedules`, ...range(cpuMs.few, 'ms', 1)],
    [`${schedules.many} schedules`, ...range(cpuMs.many, 'ms', 1)],
    ['ratio', ...range(cpuRatio, '×', 2)],
  ]),
];

const downloadLines = ({ rounds, rows, bytes, firstByteMs, ms, grownBytes }) => [
  `Download of a CSV file of ${rows} rows, ${megabytes(bytes)}, median of ${rounds} (least–greatest)`,
  ...table([
    ['first byte', ...range(firstByteMs, 'ms', 0)],
    ['all', ...range(ms, 'ms', 0)],
    ['memory (RSS) of the api', ...range(toMegabytes(grownBytes), 'MB', 1)],
  ]),
];

const toMegabytes = (spread) =>
  Object.fromEntries(Object.entries(spread).map(([key, bytes]) => [key, bytes / 2 ** 20]));
